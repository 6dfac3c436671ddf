"""Sentences for owners that have no better place."""

from msme.types import ReviewReason
from msmebazaar.core.exceptions import N_

REVIEW_SENTENCES = {
    ReviewReason.NAME_SHOWN: N_("The title or the text tells who you are. Take names, numbers and addresses out."),
    ReviewReason.FIGURES_UNCLEAR: N_(
        "The figures do not fit together. Check revenue, profit and assets, and their unit."
    ),
    ReviewReason.TEXT_UNCLEAR: N_(
        "The text does not say clearly what is offered. Tell what the business does and what is for sale."
    ),
    ReviewReason.NOT_PERMITTED: N_("This cannot be listed here. Write to us if you think that is a mistake."),
}

# Why a file was not taken; the codes are those of `msme.inspection`.
REFUSALS = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is larger than 25 MB."),
    "wrong_type": N_("The file is not what its type says. Save it again as PDF, JPEG, PNG, XLSX or DOCX."),
    "damaged": N_("The file is damaged and cannot be opened. Save it again and send it once more."),
    "encrypted": N_("The file has a password. Send it without one; it is kept safely here."),
    "active_content": N_("The file holds macros, scripts, attachments or links to other files. Save it without them."),
    "polyglot": N_("The file holds a second file inside. Save it again with the program you made it with."),
    "bomb": N_("The file unpacks to far more than it should."),
    "virus": N_("The virus scanner found something in this file. Check your computer."),
    "missing": N_("The file did not arrive. Send it again."),
}

# Why a file of figures gives no rows; the codes are those of `msme.sheets`.
SHEET_FAULTS = {
    "empty": N_("The file holds no rows below its heading."),
    "not_a_sheet": N_("Send a CSV file in UTF-8, or an Excel file (.xlsx) without macros."),
    "unknown_column": N_("The column “%(about)s” is not known. Rename it or take it out."),
    "column_twice": N_("The column “%(about)s” is there twice."),
    "column_missing": N_("The column “%(about)s” is missing."),
    "too_many_rows": N_("The file has more than %(about)s rows."),
}
