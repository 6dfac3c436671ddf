"""Tables of accounts, by subject."""

from accounts.models.consent import ConsentEntry
from accounts.models.notifications import Dispatch, Notification, NotificationSettings
from accounts.models.organisations import AdvisorMandate, Invitation, Membership, Organisation
from accounts.models.people import ContactMerge, Identity, User
from accounts.models.privacy import DataExport, DataRequest, Nominee, SealedRecord
from accounts.models.sessions import LoginLink, OtpChallenge, RefreshToken, Session
from accounts.models.staff import Proposal, StaffProfile
from accounts.models.verification import Badge, VerificationRequest

__all__ = [
    "AdvisorMandate",
    "Badge",
    "ConsentEntry",
    "ContactMerge",
    "DataExport",
    "DataRequest",
    "Dispatch",
    "Identity",
    "Invitation",
    "LoginLink",
    "Membership",
    "Nominee",
    "Notification",
    "NotificationSettings",
    "Organisation",
    "OtpChallenge",
    "Proposal",
    "RefreshToken",
    "SealedRecord",
    "Session",
    "StaffProfile",
    "User",
    "VerificationRequest",
]
