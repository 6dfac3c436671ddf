"""Writes of the staff's desk: who works on what, decisions, tasks, lists, numbers, breaches."""

from adminpanel.services.breaches import (
    BreachInput,
    add_affected,
    add_affected_by_colleague,
    close_breach,
    drafts_of,
    get_breach,
    mark_told,
    open_breach,
    tell_next_part,
    tell_people,
    update_breach,
)
from adminpanel.services.claims import (
    assign_to,
    assign_waiting,
    claim,
    claims_on,
    next_item,
    queue_of,
    release,
)
from adminpanel.services.deciding import decide, decide_many, foresee, get_dead_letter, undo
from adminpanel.services.lists import (
    ask_for_sheet,
    drop_view,
    get_sheet,
    give_sheet_link,
    list_named,
    save_view,
)
from adminpanel.services.numbers import count_measure, count_measures
from adminpanel.services.tasks import close_task, make_task, remind

__all__ = [
    "BreachInput",
    "add_affected",
    "add_affected_by_colleague",
    "ask_for_sheet",
    "assign_to",
    "assign_waiting",
    "claim",
    "claims_on",
    "close_breach",
    "close_task",
    "count_measure",
    "count_measures",
    "decide",
    "decide_many",
    "drafts_of",
    "drop_view",
    "foresee",
    "get_breach",
    "get_dead_letter",
    "get_sheet",
    "give_sheet_link",
    "list_named",
    "make_task",
    "mark_told",
    "next_item",
    "open_breach",
    "queue_of",
    "release",
    "remind",
    "save_view",
    "tell_next_part",
    "tell_people",
    "undo",
    "update_breach",
]
