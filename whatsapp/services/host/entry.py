"""Language, consent, name: who somebody is to us."""

from django.conf import settings

from accounts import selectors
from accounts import services as accounts
from accounts.types import ConsentChannel, Purpose
from msmebazaar.core.clock import INDIA
from whatsapp.flow import OFFERED, Choice, Outcome, product_language
from whatsapp.flow.texts import CATALOGUES
from whatsapp.services.host.context import ACTIONS, FACTS, KNOWN, SOURCES, Asked, named


@named(SOURCES)
def languages(asked: Asked) -> list[Choice]:
    return [Choice(code, CATALOGUES[code].name) for code in OFFERED]


@named(ACTIONS)
def take_language(asked: Asked) -> Outcome:
    chosen = asked.answer("language")
    accounts.update_me(user_id=asked.user_id, full_name=None, language=product_language(chosen))
    return Outcome(language=chosen)


@named(KNOWN)
def consent(asked: Asked) -> str | None:
    return "agree" if selectors.has_consent(user_id=asked.user_id, purpose=Purpose.SERVICE) else None


@named(ACTIONS)
def take_consent(asked: Asked) -> Outcome:
    """To being served and to being shown to the other side of a match; the message that said yes is the evidence."""
    if asked.answer("consent") != "agree":
        return Outcome()
    for purpose in (Purpose.SERVICE, Purpose.MATCHING):
        record_consent(asked, purpose, is_given=True)
    return Outcome()


def record_consent(asked: Asked, purpose: Purpose, *, is_given: bool) -> None:
    current = selectors.current_notices(on=asked.now.astimezone(INDIA).date())
    accounts.record_consent(
        user_id=asked.user_id,
        purpose=purpose,
        is_given=is_given,
        notice_version=current[purpose].version if is_given else "",
        language=asked.product_language,
        channel=ConsentChannel.WHATSAPP,
        evidence=f"whatsapp message {asked.message_id}",
        now=asked.now,
    )


@named(FACTS)
def notice(asked: Asked) -> str:
    """The address at which the whole notice is read."""
    return f"{settings.PUBLIC_BASE_URL}/notice/{asked.product_language}/"


@named(KNOWN)
def name(asked: Asked) -> str | None:
    return selectors.get_contact(user_id=asked.user_id).full_name or None


@named(ACTIONS)
def take_name(asked: Asked) -> Outcome:
    accounts.update_me(user_id=asked.user_id, full_name=asked.answer("name"), language=None)
    return Outcome()


def name_told(asked: Asked) -> str:
    return asked.answer("name") or selectors.get_contact(user_id=asked.user_id).full_name


FACTS["name"] = name_told
