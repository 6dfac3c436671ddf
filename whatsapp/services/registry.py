"""The registry of templates: what may be sent by id, and keeping it in step with Twilio and WhatsApp."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from msmebazaar.integrations.twilio import messenger
from whatsapp.flow import product_language
from whatsapp.models import Template
from whatsapp.reference import ANY_LANGUAGE, LONGEST_BUTTON, MOST_BUTTONS, MOST_ITEMS, Definition, definitions
from whatsapp.services.writing import Letter
from whatsapp.types import TemplateState

USABLE = (TemplateState.APPROVED, TemplateState.SESSION)
# What WhatsApp says of a request → what it means to us. Everything else is still being looked at.
STATE_OF = {
    "approved": TemplateState.APPROVED,
    "rejected": TemplateState.REJECTED,
    "paused": TemplateState.DISABLED,
    "disabled": TemplateState.DISABLED,
    "unsubmitted": TemplateState.DRAFT,
}
CHOOSE = {"en": "Choose", "hi": "चुनें"}
NOTHING = "–"  # a variable must not be empty


@dataclass(frozen=True)
class Synced:
    """What a round did: how many templates there are, were made at Twilio, were sent to be approved, can be used now."""

    known: int
    made: int
    submitted: int
    usable: int


def find(key: str, language: str) -> Template | None:
    """An approved template in the conversation's language, or in English; None where there is none."""
    for wanted in dict.fromkeys((product_language(language), "en")):
        row = Template.objects.filter(key=key, language=wanted, state=TemplateState.APPROVED).first()
        if row is not None:
            return row
    return None


def numbered(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Variables as Twilio wants them: by number. One line each, never empty: WhatsApp refuses both."""
    return {
        str(number): " ".join(str(values[name]).split()) or NOTHING
        for number, name in enumerate(template.variables, start=1)
    }


def fitting(letter: Letter) -> tuple[Template, dict[str, str]] | None:
    """Buttons where they hold the choices, else a list; None where neither does or they are not set up at Twilio."""
    count = len(letter.choices)
    are_short = all(len(choice.label) <= LONGEST_BUTTON and not choice.description for choice in letter.choices)
    if count <= MOST_BUTTONS and are_short:
        key, values = f"buttons_{count}", [letter.text]
        for choice in letter.choices:
            values += [choice.label, choice.id]
    elif count <= MOST_ITEMS:
        is_hindi = any("\u0900" <= char <= "\u097f" for char in letter.text)
        key, values = f"list_{count}", [letter.text, CHOOSE["hi" if is_hindi else "en"]]
        for choice in letter.choices:
            values += [choice.label[:24], choice.id, choice.description[:72] or NOTHING]
    else:
        return None
    row = Template.objects.filter(key=key, language=ANY_LANGUAGE, state=TemplateState.SESSION).first()
    if row is None:
        return None
    return row, {str(number): value for number, value in enumerate(values, start=1)}


def sync() -> Synced:
    """Bring Twilio and our table in step with the definitions. Repeating it changes nothing but what WhatsApp decided since.

    A template whose text has changed is made anew, and the old one serves until the new one is approved.

    Raises:
        VendorError.
    """
    at_twilio = {content.name: content for content in messenger().list_content()}
    made = submitted = 0
    for definition in definitions():
        content = at_twilio.get(definition.name)
        sid, approval = (content.sid, content.approval) if content else ("", "unsubmitted")
        if not sid:
            samples = {str(number): sample for number, sample in enumerate(definition.samples, start=1)}
            sid = messenger().create_content(
                name=definition.name, language=definition.language, variables=samples, types=definition.types
            )
            made += 1
        if not definition.is_session and approval == "unsubmitted":
            messenger().ask_for_approval(sid, name=definition.name, category=definition.category.upper())
            approval = "received"
            submitted += 1
        _note(definition, sid, approval)
    if submitted:  # the stand-in approves at once, the real one later
        fresh = {content.name: content for content in messenger().list_content()}
        for definition in definitions():
            if definition.name in fresh:
                _note(definition, fresh[definition.name].sid, fresh[definition.name].approval)
    usable = Template.objects.filter(state__in=USABLE).count()
    return Synced(len(definitions()), made, submitted, usable)


@transaction.atomic
def _note(definition: Definition, sid: str, approval: str) -> None:
    state = TemplateState.SESSION if definition.is_session else STATE_OF.get(approval, TemplateState.SUBMITTED)
    known = Template.objects.select_for_update().filter(key=definition.key, language=definition.language).first()
    is_other = known is not None and known.fingerprint != definition.fingerprint
    if known is not None and is_other and known.state == TemplateState.APPROVED and state not in USABLE:
        return  # the old text serves on
    if known is not None and not is_other and known.state == TemplateState.DISABLED and known.disabled_because:
        return  # switched off after an error; staff switch it on again
    values = {
        "category": definition.category,
        "state": state,
        "content_sid": sid,
        "fingerprint": definition.fingerprint,
        "variables": list(definition.variables),
        "body": definition.body,
        "disabled_because": "",
    }
    Template.objects.update_or_create(key=definition.key, language=definition.language, defaults=values)
