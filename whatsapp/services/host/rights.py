"""The rights of the Data Protection Act, in the chat: the same services as in the app."""

from accounts import selectors as people
from accounts import services as accounts
from accounts.types import DataRequestKind, Purpose
from msmebazaar.core import clock
from whatsapp.flow import Choice, Outcome, say
from whatsapp.services.host.business import labelled, link
from whatsapp.services.host.context import ACTIONS, SOURCES, Asked, named
from whatsapp.services.host.entry import record_consent


@named(ACTIONS)
def ask_for_copy(asked: Asked) -> Outcome:
    if asked.answer("pick") != "copy":
        return Outcome()
    accounts.request_export(user_id=asked.user_id, actor_id=asked.user_id)
    return Outcome((asked.bubble("rights.said.copy"), link(asked)))


def _open(asked: Asked, kind: DataRequestKind, text: str) -> Outcome:
    request = accounts.open_data_request(actor=asked.actor, kind=kind, text=text, now=asked.now)
    until = request.due_at.astimezone(clock.INDIA).strftime("%d-%m-%Y")
    return asked.said("rights.said.asked", until=until)


@named(ACTIONS)
def ask_for_correction(asked: Asked) -> Outcome:
    return _open(asked, DataRequestKind.CORRECTION, asked.answer("correct"))


@named(ACTIONS)
def file_complaint(asked: Asked) -> Outcome:
    return _open(asked, DataRequestKind.GRIEVANCE, asked.answer("complain"))


@named(SOURCES)
def consents(asked: Asked) -> list[Choice]:
    """Every purpose with what holds now; tapping one turns it round."""
    given = {state.purpose: state.is_given for state in people.list_consents(user_id=asked.user_id)}
    found = []
    for purpose in Purpose:
        words = say(f"notice.{purpose.value}", asked.language)
        mark = "given" if given.get(purpose) else "withdrawn"
        found.append(Choice(purpose.value, *labelled(say(f"rights.said.{mark}", asked.language, purpose=words))))
    return found


@named(ACTIONS)
def switch_consent(asked: Asked) -> Outcome:
    purpose = Purpose(asked.answer("consent"))
    given = {state.purpose: state.is_given for state in people.list_consents(user_id=asked.user_id)}
    record_consent(asked, purpose, is_given=not given.get(purpose))
    words = say(f"notice.{purpose.value}", asked.language)
    return asked.said(f"rights.said.switched_{'off' if given.get(purpose) else 'on'}", purpose=words)


@named(ACTIONS)
def erase_everything(asked: Asked) -> Outcome:
    """The account and all that hangs on it. Nothing can be said afterwards: the chat itself is gone."""
    if asked.answer("erase") != "erase":
        return Outcome()
    accounts.erase_me(actor=asked.actor, now=asked.now)
    asked.is_erased = True
    return Outcome()
