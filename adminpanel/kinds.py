"""What the staff's desk tells: colleagues of their work, people of a breach."""

from accounts.kinds import EVERY_CHANNEL, Kind, register
from msmebazaar.core.exceptions import N_

register(
    Kind(
        "adminpanel.task_due",
        N_("A task is due"),
        N_("Something you wanted to do about a person is due. Open your tasks."),
        purpose=None,
        channels=(),
    ),
    Kind(
        "adminpanel.sheet_ready",
        N_("Your file is ready"),
        N_("The file of %(rows)s rows that you asked for can be downloaded under Exports."),
        purpose=None,
        channels=(),
    ),
    Kind(
        "adminpanel.sheet_failed",
        N_("Your file was not made"),
        N_("The file that you asked for could not be made. Narrow the list down and ask again."),
        purpose=None,
        channels=(),
    ),
    Kind(
        "adminpanel.breach",
        N_("About your personal data"),
        N_("An incident concerned personal data of yours. %(text)s"),
        purpose=None,
        channels=EVERY_CHANNEL,
        is_urgent=True,
    ),
)
