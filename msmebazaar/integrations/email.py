"""Email through the configured SMTP server."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage

from msmebazaar.integrations.errors import VendorError, VendorOff, measured

FIRST_PERMANENT_REPLY = 500


def send_email(*, to: str, subject: str, body: str, reference: str) -> None:
    """Hand a plain-text mail to the server.

    Args:
        reference: names the mail among its repeats; "" for one that is never repeated.
    Raises:
        VendorError: refused, or no server answered.
    """
    if settings.EMAIL is None:
        raise VendorOff("email")
    headers = {"X-Reference": reference} if reference else {}
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    with measured("email"):
        try:
            message.send()
        except SMTPResponseException as error:
            permanent = error.smtp_code >= FIRST_PERMANENT_REPLY
            raise VendorError("email", str(error.smtp_code), permanent=permanent) from error
        except SMTPRecipientsRefused as error:
            code = max(reply for reply, _ in error.recipients.values())
            raise VendorError("email", str(code), permanent=code >= FIRST_PERMANENT_REPLY) from error
        except (SMTPException, OSError) as error:
            raise VendorError("email", "", permanent=False) from error
