"""What can be done with the items of each queue: one table. The rules are those of the apps; here is who calls what.

An act that `needs` a reason, a text or the one that stays is refused without it. `undo` takes it back within a quarter of an
hour. `bulk` acts can be done with many items at once, after a preview.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import services as accounts
from matching import services as matching
from msme import services as msme
from msme.types import PaperReason, ReviewReason
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import N_
from msmebazaar.core.outbox import relay
from valuation import services as valuation


@dataclass(frozen=True)
class Given:
    """What a colleague filled in: `reason` is a code, `text` free, `keep` the business that stays."""

    reason: str = ""
    text: str = ""
    keep: UUID | None = None

    @property
    def stays(self) -> UUID:
        """`keep`, where the act needs it."""
        assert self.keep is not None, "an act that needs it is refused without"
        return self.keep


Run = Callable[[Actor, UUID, Given, datetime], Any]
Undo = Callable[[Actor, UUID, datetime], Any]


@dataclass(frozen=True)
class Act:
    name: str
    title: str
    done: str
    run: Run
    undo: Undo | None = None
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    reasons: tuple[tuple[str, Any], ...] = field(default=())
    bulk: bool = False
    is_main: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.takes)


REVIEW_REASONS = tuple((reason.value, reason.label) for reason in ReviewReason)
PAPER_REASONS = tuple((reason.value, reason.label) for reason in PaperReason)

ACTS: dict[str, tuple[Act, ...]] = {
    "listings": (
        Act(
            "approve",
            N_("Approve and publish"),
            N_("“%(title)s” is live."),
            lambda actor, key, _given, now: msme.approve_listing(actor=actor, listing_id=key, now=now),
            undo=lambda actor, key, now: msme.take_back_review(actor=actor, listing_id=key, now=now),
            bulk=True,
            is_main=True,
        ),
        Act(
            "changes",
            N_("Ask for changes"),
            N_("“%(title)s” went back to its owner."),
            lambda actor, key, given, now: msme.ask_for_changes(
                actor=actor, listing_id=key, reason=ReviewReason(given.reason), note=given.text, now=now
            ),
            undo=lambda actor, key, now: msme.take_back_review(actor=actor, listing_id=key, now=now),
            needs=("reason",),
            takes=("text",),
            reasons=REVIEW_REASONS,
            bulk=True,
        ),
    ),
    "documents": (
        Act(
            "accept",
            N_("Accept"),
            N_("Accepted: %(title)s."),
            lambda actor, key, _given, now: msme.accept_paper(actor=actor, document_id=key, now=now),
            undo=lambda actor, key, now: msme.take_back_paper_review(actor=actor, document_id=key, now=now),
            bulk=True,
            is_main=True,
        ),
        Act(
            "reject",
            N_("Do not accept"),
            N_("Not accepted; the owner is told: %(title)s."),
            lambda actor, key, given, now: msme.reject_paper(
                actor=actor, document_id=key, reason=PaperReason(given.reason), now=now
            ),
            undo=lambda actor, key, now: msme.take_back_paper_review(actor=actor, document_id=key, now=now),
            needs=("reason",),
            reasons=PAPER_REASONS,
            bulk=True,
        ),
    ),
    "tiers": (
        Act(
            "approve",
            N_("Grant"),
            N_("Granted; the organisation is told."),
            lambda actor, key, given, now: accounts.approve_verification(
                actor=actor, request_id=key, evidence=given.text, now=now
            ),
            needs=("text",),
            is_main=True,
        ),
        Act(
            "reject",
            N_("Do not grant"),
            N_("Not granted; the organisation is told why."),
            lambda actor, key, given, now: accounts.reject_verification(
                actor=actor, request_id=key, reason=given.text, now=now
            ),
            needs=("text",),
        ),
    ),
    "duplicates": (
        Act(
            "dismiss",
            N_("Two businesses"),
            N_("Kept as two businesses."),
            lambda actor, key, _given, now: msme.dismiss_pair(actor=actor, pair_id=key, now=now),
            bulk=True,
            is_main=True,
        ),
        Act(
            "merge",
            N_("One business: merge"),
            N_("Merged. It can be taken back under Merges."),
            lambda actor, key, given, now: msme.merge_pair(actor=actor, pair_id=key, keep_id=given.stays, now=now),
            needs=("keep",),
        ),
    ),
    "oddities": (
        Act(
            "looked",
            N_("Looked at; the value stands"),
            N_("Looked at: %(title)s."),
            lambda actor, key, given, now: valuation.look_at_oddity(
                actor=actor, oddity_id=key, note=given.text, now=now
            ),
            undo=lambda actor, key, _now: valuation.reopen_oddity(actor=actor, oddity_id=key),
            needs=("text",),
            bulk=True,
            is_main=True,
        ),
    ),
    "overrides": (
        Act(
            "approve",
            N_("Agree"),
            N_("The override holds now; the owner is told."),
            lambda actor, key, _given, now: valuation.approve_override(actor=actor, override_id=key, now=now),
            is_main=True,
        ),
        Act(
            "reject",
            N_("Do not agree"),
            N_("The override was rejected."),
            lambda actor, key, _given, now: valuation.reject_override(actor=actor, override_id=key, now=now),
        ),
    ),
    "reports": (
        Act(
            "uphold",
            N_("Warn the writer"),
            N_("The writer was warned."),
            lambda actor, key, _given, now: matching.decide_report(actor=actor, report_id=key, uphold=True, now=now),
            is_main=True,
        ),
        Act(
            "dismiss",
            N_("Nothing wrong"),
            N_("The report was dismissed."),
            lambda actor, key, _given, now: matching.decide_report(actor=actor, report_id=key, uphold=False, now=now),
            undo=lambda actor, key, _now: matching.reopen_report(actor=actor, report_id=key),
            bulk=True,
        ),
    ),
    "data_requests": (
        Act(
            "answer",
            N_("Answer"),
            N_("Answered; the person is told."),
            lambda actor, key, given, now: accounts.answer_data_request(
                actor=actor, request_id=key, answer=given.text, now=now
            ),
            needs=("text",),
            is_main=True,
        ),
    ),
    "dead_letters": (
        Act(
            "replay",
            N_("Try again"),
            N_("It waits to be tried again."),
            lambda actor, key, _given, now: relay.replay([key], now=now),
            bulk=True,
            is_main=True,
        ),
    ),
}
PROPOSAL = (
    Act(
        "approve",
        N_("Agree"),
        N_("Agreed, and carried out."),
        lambda actor, key, _given, now: accounts.decide_proposal(actor=actor, proposal_id=key, approve=True, now=now),
        is_main=True,
    ),
    Act(
        "reject",
        N_("Do not agree"),
        N_("Rejected."),
        lambda actor, key, _given, now: accounts.decide_proposal(actor=actor, proposal_id=key, approve=False, now=now),
    ),
)
ACTS["proposed_duties"] = ACTS["proposed_for_people"] = PROPOSAL


def act_of(queue: str, name: str) -> Act | None:
    return next((act for act in ACTS.get(queue, ()) if act.name == name), None)
