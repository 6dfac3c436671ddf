"""The one door to background work: an event row and its deliveries, written in the transaction of the change.

`publish(event)` inside a transaction; `@subscribe(Event)` on a handler. Celery only carries delivery ids; the rows are the
truth, so a dead broker delays work and loses none. See docs/adr/0002-outbox.md.
"""

from msmebazaar.core.outbox.publish import publish
from msmebazaar.core.outbox.registry import Event, subscribe

__all__ = ["Event", "publish", "subscribe"]
