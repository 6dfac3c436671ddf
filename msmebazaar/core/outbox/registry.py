"""Events are frozen dataclasses with a `name`; handlers subscribe to them when their app is ready."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Base of every event. `name` is `<app>.<Past tense>`; fields are ids and plain facts."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def payload(self) -> dict[str, Any]:
        return {
            field.name: str(value) if isinstance(value := getattr(self, field.name), UUID) else value
            for field in dataclasses.fields(self)
        }


@dataclass(frozen=True)
class Subscription:
    """A handler and how to run it.

    `transactional` handlers run in the transaction that marks the delivery done: their database effects happen exactly
    once. The others call vendors, run outside any transaction and own a row that makes repeats harmless.
    """

    name: str
    event: str
    queue: str
    run: Callable[..., None]
    transactional: bool


_subscriptions: dict[str, Subscription] = {}


def subscribe(
    event: type[Event], *, name: str, queue: str = "default", transactional: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler, called with the event's payload as keywords (take `**_`: newer events may carry more)."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        if name in _subscriptions:
            raise ValueError(f"two handlers are named {name}")
        _subscriptions[name] = Subscription(name, event.name, queue, run, transactional)
        return run

    return register


def subscriptions_of(event_name: str) -> list[Subscription]:
    return [subscription for subscription in _subscriptions.values() if subscription.event == event_name]


def subscription(name: str) -> Subscription | None:
    return _subscriptions.get(name)
