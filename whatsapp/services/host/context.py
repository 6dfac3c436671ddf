"""What every function of the host gets, how it is registered, and how refusals are worded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import translation

from accounts import selectors as people
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import AppError
from msmebazaar.core.http.problems import translated
from whatsapp.flow import Bubble, Choice, Outcome, Run, product_language, say


@dataclass
class Asked:
    """A question of the flow engine: who, in which message, when, where in a flow, in which language."""

    user_id: UUID
    message_id: UUID
    now: datetime
    run: Run | None
    language: str
    is_erased: bool = field(default=False)

    @cached_property
    def actor(self) -> Actor:
        return people.actor_of(user_id=self.user_id)

    @cached_property
    def organisation_id(self) -> UUID:
        return people.personal_organisation_id_of(user_id=self.user_id)

    @property
    def product_language(self) -> str:
        return product_language(self.language)

    @property
    def answers(self) -> Mapping[str, Any]:
        return self.run.answers if self.run else {}

    def answer(self, step: str) -> str:
        return str(self.answers.get(step) or "")

    def bubble(self, key: str, *, choices: tuple[Choice, ...] = (), **values: str | int) -> Bubble:
        return Bubble(say(key, self.language, **values), choices)

    def said(self, key: str, **values: str | int) -> Outcome:
        """An outcome that is one sentence."""
        return Outcome((Bubble(say(key, self.language, **values)),))

    def refused(self, key: str, **values: str | int) -> Outcome:
        return Outcome((Bubble(say(key, self.language, **values)),), is_refused=True)


ACTIONS: dict[str, Callable[[Asked], Outcome]] = {}
SOURCES: dict[str, Callable[[Asked], list[Choice]]] = {}
FACTS: dict[str, Callable[[Asked], str]] = {}
KNOWN: dict[str, Callable[[Asked], str | None]] = {}
ACTS: dict[str, Callable[[Asked, str], Outcome]] = {}


def named(registry: dict[str, Any]) -> Callable[[Any], Any]:
    """Register a function under its own name."""

    def register(function: Any) -> Any:
        registry[function.__name__] = function
        return function

    return register


def worded(message: str, params: Mapping[str, Any] | None, language: str) -> str:
    """A sentence of the product in the language that the product has for this conversation."""
    with translation.override(product_language(language)):
        return translated(message, dict(params) if params else None)


def reasons(error: AppError, language: str) -> str:
    """Why the product refused: the faults of fields where it names some, else its one sentence."""
    faults = [worded(fault.message, fault.params, language) for fault in error.errors]
    return " ".join(dict.fromkeys(faults)) or worded(error.detail, error.params, language)


def refusal(error: AppError, language: str) -> Outcome:
    return Outcome((Bubble(say("common.refused", language, why=reasons(error, language))),), is_refused=True)
