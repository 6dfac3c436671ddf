"""The two pages that the chat leads to: the notice before consent, and everything of one's own without a password."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors as people
from accounts import services as accounts
from accounts.exceptions import LoginLinkDead
from msme import selectors as businesses
from msme.types import ListingStatus
from msmebazaar.core import clock
from msmebazaar.core.http.problems import to_problem
from msmebazaar.core.types import Money
from valuation import selectors as valuations
from valuation import services as appraisals
from valuation.types import ValuationStatus, ValuationSummary

REPORT_DAYS = 7
MOST_SHOWN = 50
LANGUAGES = [code for code, _ in settings.LANGUAGES]


@require_safe
def notice(request: HttpRequest, language: str) -> HttpResponse:
    """What personal data is used for, with whom it is shared, and how to take consent back; alone on its page."""
    if language not in LANGUAGES:
        raise Http404
    notices = people.current_notices(on=clock.today_in_india())
    with translation.override(language):
        shown = {
            "language": language,
            "notices": [row.text(language) for row in notices.values()],
            "recipients": people.list_recipients(),
        }
        return render(request, "whatsapp/notice.html", shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link from the chat. Only pressing the button uses it up: a chat's preview of a link must not."""
    if request.method != "POST":
        response = render(request, "whatsapp/own_door.html", {"token": token})
    else:
        try:
            user_id = accounts.use_login_link(token=token, now=clock.now())
        except LoginLinkDead as error:
            return render(request, "whatsapp/own_door.html", {"problem": to_problem(error)}, status=401)
        actor = people.actor_of(user_id=user_id)
        contact = people.get_contact(user_id=user_id)
        language = contact.language if contact.language in LANGUAGES else "en"
        with translation.override(language):
            latest = valuations.latest_summary(organisation_ids=actor.organisation_ids)
            report = ""
            if latest is not None and latest.status == ValuationStatus.READY:
                _, share = appraisals.make_share_link(
                    actor=actor,
                    valuation_id=latest.valuation_id,
                    label="WhatsApp",
                    language=language,
                    days=REPORT_DAYS,
                    now=clock.now(),
                )
                report = f"/v/{share}/"
            shown = {
                "language": language,
                "name": contact.full_name,
                "businesses": businesses.list_own_businesses(actor=actor, limit=MOST_SHOWN),
                "latest": latest,
                "range": _range(latest, language) if latest and report else None,
                "report": report,
                "listings": [
                    (row.title, ListingStatus(row.status).label, Money(row.ask_inr).short(language))
                    for row in businesses.list_own_listings(actor=actor, limit=MOST_SHOWN)
                ],
            }
            response = render(request, "whatsapp/own.html", shown)
    response["X-Robots-Tag"] = "noindex"
    # Not no-referrer: a form of this page would then be sent with "Origin: null", which the CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    return response


def _range(latest: ValuationSummary, language: str) -> tuple[str, str, str]:
    """Low, value, high in words; "" for a value that was not given."""
    low, point, high = (
        Money(amount).rounded().short(language) if amount is not None else ""
        for amount in (latest.low80_inr, latest.point_inr, latest.high80_inr)
    )
    return low, point, high
