"""Senders of the channels that need nothing but an address: email and SMS."""

from uuid import UUID

from accounts import selectors
from accounts.channels import Told, Unreachable
from accounts.types import IdentityKind
from msmebazaar.core.types import Phone
from msmebazaar.integrations.email import send_email
from msmebazaar.integrations.twilio import messenger


def by_email(*, user_id: UUID, told: Told) -> None:
    address = selectors.address_of(user_id=user_id, kind=IdentityKind.EMAIL)
    if address is None:
        raise Unreachable("no_address")
    send_email(to=address, subject=told.title, body=told.body, reference=str(told.dispatch_id))


def by_sms(*, user_id: UUID, told: Told) -> None:
    address = selectors.address_of(user_id=user_id, kind=IdentityKind.PHONE)
    if address is None:
        raise Unreachable("no_address")
    messenger().send_sms(Phone(address), f"{told.title}: {told.body}")
