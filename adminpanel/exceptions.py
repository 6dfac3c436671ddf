"""What the staff's desk refuses."""

from msmebazaar.core.exceptions import N_, Conflict, Forbidden, InvalidInput, NotFound


class QueueNotFound(NotFound):
    code = "adminpanel.queue_not_found"
    default_detail = N_("There is no such queue, or it is not yours.")


class ItemGone(NotFound):
    code = "adminpanel.item_gone"
    title = N_("Not waiting any more")
    default_detail = N_("Somebody has decided this already, or it was withdrawn.")


class ItemClaimed(Conflict):
    code = "adminpanel.item_claimed"
    title = N_("A colleague has it")
    default_detail = N_("%(now)s is working on this. Take the next one, or wait until they leave it.")


class ActUnknown(InvalidInput):
    code = "adminpanel.act_unknown"
    title = N_("Not possible here")
    default_detail = N_("This cannot be done with this item; see each field.")


class UndoTooLate(Conflict):
    code = "adminpanel.undo_too_late"
    title = N_("Too late to take back")
    default_detail = N_("This decision cannot be taken back any more.")


class ViewKnown(Conflict):
    code = "adminpanel.view_known"
    title = N_("Name taken")
    default_detail = N_("You have a view of this name for this list already.")


class SheetNotFound(NotFound):
    code = "adminpanel.sheet_not_found"
    default_detail = N_("You have no such file.")


class ListNotFound(NotFound):
    code = "adminpanel.list_not_found"
    default_detail = N_("There is no such list, or it is not yours.")


class MeasureNotFound(NotFound):
    code = "adminpanel.measure_not_found"
    default_detail = N_("There is no such measure.")


class TaskNotFound(NotFound):
    code = "adminpanel.task_not_found"
    default_detail = N_("There is no such open task.")


class BreachNotFound(NotFound):
    code = "adminpanel.breach_not_found"
    default_detail = N_("There is no such breach.")


class BreachClosed(Conflict):
    code = "adminpanel.breach_closed"
    title = N_("Closed")
    default_detail = N_("This breach has been closed.")


class BreachUnfinished(Conflict):
    code = "adminpanel.breach_unfinished"
    title = N_("Not finished")
    default_detail = N_("Tell CERT-In, the Data Protection Board and the people first.")


class NotYours(Forbidden):
    code = "adminpanel.not_yours"
    title = N_("Not yours")
    default_detail = N_("Only whoever made it, or who does the staffing, can do this.")
