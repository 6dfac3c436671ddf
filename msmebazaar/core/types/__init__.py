"""Value types of Indian business life: frozen, self-validating, no Django.

Each has `parse(text)`, which accepts what people write and raises `InvalidValue` naming the faulty part, and `str()`,
which gives the canonical form.
"""

from msmebazaar.core.types.identifiers import CIN, GSTIN, IFSC, LLPIN, PAN, Pincode, Udyam
from msmebazaar.core.types.money import Money
from msmebazaar.core.types.phone import Phone
from msmebazaar.core.types.states import STATES, State, state_by_gst_code, state_by_letters
from msmebazaar.core.types.years import FinancialYear

__all__ = [
    "CIN",
    "GSTIN",
    "IFSC",
    "LLPIN",
    "PAN",
    "STATES",
    "FinancialYear",
    "Money",
    "Phone",
    "Pincode",
    "State",
    "Udyam",
    "state_by_gst_code",
    "state_by_letters",
]
