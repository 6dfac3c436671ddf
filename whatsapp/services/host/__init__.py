"""What the flows ask of the product: one function for each action, source, fact and act, by the name that the flows use.

No rule of business is here: each calls a service or selector of the app that owns it, and words what came back.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from msmebazaar.core.exceptions import AppError, InvalidValue
from whatsapp.flow import Choice, Outcome, Run
from whatsapp.services.host import business, entry, files, market, rights, value
from whatsapp.services.host.context import ACTIONS, ACTS, FACTS, KNOWN, SOURCES, Asked, refusal, worded

__all__ = [
    "ACTIONS",
    "ACTS",
    "FACTS",
    "KNOWN",
    "SOURCES",
    "ProductHost",
    "business",
    "entry",
    "files",
    "market",
    "rights",
    "value",
]


class ProductHost:
    """The product, for one message of one person. `is_erased` afterwards: they are gone, and nothing is kept or said."""

    def __init__(self, *, user_id: UUID, message_id: UUID, now: datetime) -> None:
        self.user_id = user_id
        self.message_id = message_id
        self.now = now
        self.is_erased = False

    def asked(self, run: Run | None, language: str) -> Asked:
        return Asked(self.user_id, self.message_id, self.now, run, language)

    def options(self, source: str, run: Run, language: str) -> list[Choice]:
        return SOURCES[source](self.asked(run, language))

    def carry_out(self, action: str, run: Run, language: str) -> Outcome:
        """What an action did. A refusal of the product is said in its own words, and nothing of the action stays."""
        asked = self.asked(run, language)
        try:
            with transaction.atomic():
                outcome = ACTIONS[action](asked)
        except AppError as error:
            return refusal(error, language)
        self.is_erased = self.is_erased or asked.is_erased
        return outcome

    def act(self, act: str, argument: str, language: str, run: Run | None) -> Outcome:
        try:
            with transaction.atomic():
                return ACTS[act](self.asked(run, language), argument)
        except AppError as error:
            return refusal(error, language)

    def known(self, fact: str, run: Run) -> str | None:
        return KNOWN[fact](self.asked(run, "en"))

    def fact(self, name: str, run: Run, language: str) -> str:
        return FACTS[name](self.asked(run, language))

    def worded(self, fault: InvalidValue, language: str) -> str:
        return worded(fault.message, fault.params, language)
