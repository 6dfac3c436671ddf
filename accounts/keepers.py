"""How accounts carries out the rules of retention (`msmebazaar/core/reference/retention.csv`)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import DataExport, DataRequest, LoginLink, Notification, OtpChallenge, SealedRecord, Session
from accounts.services.privacy import forget_files
from accounts.types import ExportState
from msmebazaar.core.retention import count_or_delete, keeper


@keeper("accounts.otp_challenge")
def otp_challenges(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(OtpChallenge.objects.filter(expires_at__lt=cutoff), dry_run)


@keeper("accounts.session")
def sessions(cutoff: datetime, dry_run: bool) -> int:
    """Ended ones, with their refresh tokens; live ones stay."""
    return count_or_delete(Session.objects.filter(ended_at__lt=cutoff), dry_run)


@keeper("accounts.notification")
def notifications(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(Notification.objects.filter(created_at__lt=cutoff), dry_run)


@keeper("accounts.export")
def exports(cutoff: datetime, dry_run: bool) -> int:
    """The file goes, the row says that it was there."""
    due: QuerySet[DataExport, Any] = DataExport.objects.filter(state=ExportState.READY, ready_at__lt=cutoff)
    if dry_run:
        return due.count()
    with transaction.atomic():
        rows = list(due.select_for_update())
        forget_files(object_keys=[row.object_key for row in rows])
        return DataExport.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=ExportState.EXPIRED, object_key=""
        )


@keeper("accounts.sealed_record")
def sealed_records(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(SealedRecord.objects.filter(sealed_at__lt=cutoff), dry_run)


@keeper("accounts.data_request")
def data_requests(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(DataRequest.objects.filter(answered_at__lt=cutoff), dry_run)


@keeper("accounts.login_link")
def login_links(cutoff: datetime, dry_run: bool) -> int:
    return count_or_delete(LoginLink.objects.filter(expires_at__lt=cutoff), dry_run)
