"""What stands in the menu of a colleague: by duties, without a query."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from msmebazaar.core import staff
from msmebazaar.core.actor import LOOKING, Actor, Duty
from msmebazaar.core.http.problems import translated


@dataclass(frozen=True)
class Link:
    title: str
    address: str


@dataclass(frozen=True)
class Group:
    title: str
    links: tuple[Link, ...]


def navigation(actor: Actor) -> list[Group]:
    """Groups of links, those that are empty left out."""
    queues = [
        Link(translated(queue.title), reverse("admin:work", args=[queue.name])) for queue in staff.queues_for(actor)
    ]
    market = [
        (_("Numbers"), "admin:numbers", (Duty.REPORTS, Duty.OPERATIONS)),
        (_("WhatsApp funnel"), "admin:funnel", (Duty.REPORTS, Duty.CHAT)),
        (_("WhatsApp inbox"), "admin:whatsapp-inbox", (Duty.CHAT,)),
        (_("New broadcast"), "admin:whatsapp-broadcast-new", (Duty.CHAT,)),
        (_("Merges"), "admin:merges", (Duty.REVIEW,)),
    ]
    desk = [
        (_("People"), "admin:people", LOOKING),
        (_("Tasks"), "admin:tasks", tuple(Duty)),
        (_("Exports"), "admin:sheets", tuple(Duty)),
        (_("My decisions"), "admin:decisions", tuple(Duty)),
        (_("Breaches"), "admin:breaches", (Duty.PRIVACY,)),
        (_("Colleagues"), "admin:colleagues", (Duty.STAFFING,)),
        (_("Audit"), "admin:core_auditentry_changelist", (Duty.STAFFING, Duty.PRIVACY)),
        (_("System health"), "admin:system", (Duty.OPERATIONS,)),
        (_("API token"), "admin:token", tuple(Duty)),
    ]
    groups = (
        Group(_("Work"), tuple(queues)),
        Group(_("Market"), _links(actor, market)),
        Group(_("Desk"), _links(actor, desk)),
    )
    return [group for group in groups if group.links]


def _links(actor: Actor, wanted: list[tuple[str, str, tuple[Duty, ...]]]) -> tuple[Link, ...]:
    return tuple(Link(title, reverse(name)) for title, name, duties in wanted if actor.has_duty(*duties))
