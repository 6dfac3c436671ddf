"""GSTIN, PAN, Udyam, CIN, IFSC and PIN code.

A right shape and check digit is not proof of registration: only the issuing portal knows that.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from stdnum import luhn

from msmebazaar.core.exceptions import N_, InvalidValue
from msmebazaar.core.types.digits import to_ascii_digits
from msmebazaar.core.types.states import State, state_by_gst_code, state_by_letters

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PAN_HOLDERS = "ABCFGHJLPT"
# Udyam and vehicle letters that differ from ISO's; both are seen on certificates.
LETTER_ALIASES = {"OR": "OD", "UT": "UK", "CT": "CG", "TG": "TS", "DN": "DH", "DD": "DH"}


def cleaned(text: str) -> str:
    """Upper case without spaces, digits in ASCII."""
    return re.sub(r"\s+", "", to_ascii_digits(text)).upper()


@dataclass(frozen=True)
class _Identifier:
    value: str

    def __str__(self) -> str:
        return self.value

    def masked(self) -> str:
        """For screens and messages: only the last four characters can be read."""
        return "•" * (len(self.value) - 4) + self.value[-4:]


@dataclass(frozen=True)
class PAN(_Identifier):
    """Permanent account number: 3 letters, kind of holder, letter of the name, 4 digits (not 0000), check letter.

    The check letter's rule is unpublished. Holder kinds: python-stdnum's list and caclubindia 102200.
    """

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if len(value) != 10:
            raise InvalidValue("length", N_("A PAN has 10 characters; this has %(length)s."), length=len(value))
        if not re.fullmatch(r"[A-Z]{5}\d{4}[A-Z]", value):
            raise InvalidValue("shape", N_("A PAN is five letters, four digits and a letter, like ABCPK4321C."))
        if value[3] not in PAN_HOLDERS:
            raise InvalidValue(
                "pan_type",
                N_(
                    "The 4th letter of a PAN tells who holds it (P person, C company, F firm …); %(letter)s is none of them."
                ),
                letter=value[3],
            )
        if value[5:9] == "0000":
            raise InvalidValue("pan_serial", N_("The four digits of a PAN are never 0000."))
        return cls(value)

    @property
    def holder(self) -> str:
        """The 4th letter: P person, C company, H HUF, F firm or LLP, A association, T trust …"""
        return self.value[3]


@dataclass(frozen=True)
class GSTIN(_Identifier):
    """GST registration: state (2), PAN (10), registration number in the state (1), form letter Z, check character.

    Check character: Luhn mod 36 (python-stdnum). stdnum's own GSTIN check stops at state 37 and so refuses Ladakh (38)
    and other territory (97); the states here come from our dated table.
    """

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if len(value) != 15:
            raise InvalidValue("length", N_("A GSTIN has 15 characters; this has %(length)s."), length=len(value))
        if not re.fullmatch(r"\d{2}[A-Z0-9]{13}", value):
            raise InvalidValue("shape", N_("A GSTIN is two digits followed by 13 letters and digits."))
        state = state_by_gst_code(value[:2])
        if state is None:
            raise InvalidValue(
                "state", N_("A GSTIN begins with a state's code; there is no state %(code)s."), code=value[:2]
            )
        if state.valid_to is not None:
            raise InvalidValue(
                "state",
                N_("State code %(code)s is no longer in use; its registrations moved to %(new)s."),
                code=value[:2],
                new=state.replaced_by or "",
            )
        PAN.parse(value[2:12])
        if value[12] == "0":
            raise InvalidValue("registration", N_("The 13th character of a GSTIN counts registrations and is never 0."))
        if value[13] != "Z":
            raise InvalidValue(
                "form",
                N_("The 14th character of an ordinary taxpayer's GSTIN is Z; %(letter)s is for other kinds."),
                letter=value[13],
            )
        if luhn.calc_check_digit(value[:14], ALPHANUMERIC) != value[14]:
            raise InvalidValue("check", N_("The last character does not fit the others: one of them is mistyped."))
        return cls(value)

    @property
    def pan(self) -> PAN:
        return PAN(self.value[2:12])

    @property
    def state(self) -> State:
        state = state_by_gst_code(self.value[:2])
        assert state is not None, "parse refuses unknown states"
        return state


@dataclass(frozen=True)
class Udyam(_Identifier):
    """Udyam registration, 19 characters: UDYAM-, state letters, district (2 digits), serial (7 digits). No check digit."""

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if re.fullmatch(r"[A-Z]{2}\d{2}[A-F]\d{7}", value):
            raise InvalidValue(
                "shape", N_("This is an old Udyog Aadhaar number; enter the Udyam number that replaced it.")
            )
        if not re.fullmatch(r"UDYAM-[A-Z]{2}-\d{2}-\d{7}", value):
            raise InvalidValue("shape", N_("A Udyam number looks like UDYAM-MH-19-0012345."))
        return cls(value)

    @property
    def state(self) -> State | None:
        """The state of its letters, old spellings included; None is a reason to warn, never to refuse."""
        letters = self.value[6:8]
        return state_by_letters(LETTER_ALIASES.get(letters, letters))


@dataclass(frozen=True)
class CIN(_Identifier):
    """Company identification number, 21 characters: listing, industry, ROC state, year, type, registration number."""

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if len(value) != 21:
            raise InvalidValue("length", N_("A CIN has 21 characters; this has %(length)s."), length=len(value))
        if value[0] not in "LU":
            raise InvalidValue("listing", N_("A CIN begins with L (listed) or U (unlisted)."))
        if not value[1:6].isdigit():
            raise InvalidValue(
                "industry", N_("Characters 2 to 6 of a CIN are the industry's digits (zero, not the letter O).")
            )
        if not re.fullmatch(r"[A-Z]{2}\d{4}[A-Z]{3}\d{6}", value[6:]):
            raise InvalidValue("shape", N_("A CIN looks like U72900KA2008PTC046374."))
        return cls(value)

    @property
    def year(self) -> int:
        return int(self.value[8:12])

    def is_dated_by(self, day: date) -> bool:
        """Whether its year of incorporation has come by `day`."""
        return self.year <= day.year


@dataclass(frozen=True)
class LLPIN(_Identifier):
    """Number of a limited liability partnership: three letters, a hyphen, four digits. No check digit."""

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if re.fullmatch(r"[A-Z]{3}\d{4}", value):
            value = f"{value[:3]}-{value[3:]}"
        if not re.fullmatch(r"[A-Z]{3}-\d{4}", value):
            raise InvalidValue("shape", N_("An LLPIN is three letters and four digits, like AAA-1234."))
        return cls(value)


@dataclass(frozen=True)
class IFSC(_Identifier):
    """Branch code of a bank: 4 letters, a zero, 6 letters or digits."""

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if len(value) != 11:
            raise InvalidValue("length", N_("An IFSC has 11 characters; this has %(length)s."), length=len(value))
        if not re.fullmatch(r"[A-Z]{4}0[A-Z0-9]{6}", value):
            raise InvalidValue(
                "shape", N_("An IFSC is four letters, a zero, then six letters or digits, like SBIN0005943.")
            )
        return cls(value)


@dataclass(frozen=True)
class Pincode(_Identifier):
    """Postal index number: 6 digits, the first one the zone (1-9)."""

    @classmethod
    def parse(cls, text: str) -> Self:
        value = cleaned(text)
        if not re.fullmatch(r"[1-9]\d{5}", value):
            raise InvalidValue("shape", N_("A PIN code has six digits and does not begin with 0."))
        return cls(value)
