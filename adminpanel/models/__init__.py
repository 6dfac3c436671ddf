"""Tables of the staff's desk: who works on what, decisions, tasks, saved views, sheets, numbers by day, breaches."""

from adminpanel.models.breaches import Breach, BreachAffected
from adminpanel.models.lists import SavedView, Sheet
from adminpanel.models.numbers import Rollup, RollupRun
from adminpanel.models.work import Claim, Decision, Task

__all__ = ["Breach", "BreachAffected", "Claim", "Decision", "Rollup", "RollupRun", "SavedView", "Sheet", "Task"]
