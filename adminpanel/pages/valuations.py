"""The valuation desk: run again, propose an override, sign-off, compare two runs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from adminpanel.forms import ValuationDecision
from adminpanel.pages.common import actor_of, page, say_problem, shown
from msmebazaar.core import clock, history
from msmebazaar.core.actor import Duty
from msmebazaar.core.exceptions import AppError
from valuation import selectors as valuations
from valuation import services as appraisals

BACK = "admin:valuation_valuation_changelist"


@require_http_methods(["GET", "POST"])
@page(Duty.VALUATION, back=BACK)
def desk(request: HttpRequest, valuation_id: UUID) -> HttpResponse:
    """One valuation: run it again, propose an override, record a registered valuer's sign-off."""
    form = ValuationDecision(request.POST or None)
    actor = actor_of(request)
    item = valuations.get_desk_item(actor=actor, valuation_id=valuation_id)
    if request.method == "POST" and form.is_valid():
        return redirect("admin:valuation-desk", valuation_id=_decide(request, valuation_id, form))
    return shown(request, "valuation", item=item, form=form, own_id=actor.user_id, title=item.business_name)


def _decide(request: HttpRequest, valuation_id: UUID, form: ValuationDecision) -> UUID:
    """Carry out what was chosen; which valuation to look at next."""
    actor, given = actor_of(request), form.cleaned_data
    if given["text"]:
        history.why(given["text"])
    try:
        if given["decision"] == "rerun":
            found = appraisals.rerun(actor=actor, valuation_id=valuation_id, today=clock.today_in_india())
            messages.success(request, _("Valued again; the owner is told."))
            return found
        if given["decision"] == "propose":
            amounts = {name: given[name] for name in ("point_inr", "low80_inr", "high80_inr")}
            appraisals.propose_override(actor=actor, valuation_id=valuation_id, reason=given["text"], **amounts)
            messages.success(request, _("Proposed; a second colleague decides."))
        else:
            appraisals.record_sign_off(
                actor=actor,
                valuation_id=valuation_id,
                valuer_name=given["valuer_name"],
                registration_number=given["registration_number"],
                note=given["text"],
            )
            messages.success(request, _("The sign-off is recorded."))
    except AppError as error:
        say_problem(request, error)
    return valuation_id


@require_safe
@page(Duty.VALUATION, back=BACK)
def compare(request: HttpRequest, first_id: UUID, second_id: UUID) -> HttpResponse:
    """Two runs of one business side by side: values, methods, and every figure that differs."""
    found = valuations.compare_runs(actor=actor_of(request), first_id=first_id, second_id=second_id)
    return shown(request, "compare", found=found, title=_("Two valuations compared"))
