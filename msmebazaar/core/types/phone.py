"""Indian mobile numbers."""

from dataclasses import dataclass
from typing import Self

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from msmebazaar.core.exceptions import N_, InvalidValue
from msmebazaar.core.types.digits import to_ascii_digits

MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
INDIA = 91


@dataclass(frozen=True)
class Phone:
    """An Indian mobile number in E.164, `+919876543210`. One-time codes go to nothing else."""

    value: str

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Any Indian spelling: spaces, dashes, 0 or +91 or 91 in front, Devanagari digits, Twilio's `whatsapp:` prefix."""
        plain = to_ascii_digits(text).strip().removeprefix("whatsapp:")
        try:
            number = phonenumbers.parse(plain, "IN")
        except NumberParseException as error:
            raise InvalidValue("shape", N_("This is not a phone number. A mobile number has 10 digits.")) from error
        if number.country_code != INDIA:
            raise InvalidValue("country", N_("Only Indian mobile numbers (+91) can be used to log in."))
        national = str(number.national_number)
        if len(national) != 10 or national[0] not in "6789":
            raise InvalidValue("mobile", N_("An Indian mobile number has 10 digits and begins with 6, 7, 8 or 9."))
        if phonenumbers.number_type(number) not in MOBILE_TYPES:
            raise InvalidValue("mobile", N_("This number range is not in use for Indian mobile phones."))
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    def masked(self) -> str:
        """`+91 ••••• ••210`."""
        return f"+91 ••••• ••{self.value[-3:]}"
