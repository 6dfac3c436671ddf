"""Imports of figures into own businesses."""

from uuid import UUID

from django.db.models import QuerySet

from msme.exceptions import ImportNotFound
from msme.models import ImportRun
from msme.selectors.businesses import get_own_business
from msmebazaar.core.actor import Actor, Scope


def own_imports(*, actor: Actor, business_id: UUID) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(business=get_own_business(actor=actor, business_id=business_id))


def get_own_import(*, actor: Actor, run_id: UUID) -> ImportRun:
    run = ImportRun.objects.filter(pk=run_id, business__organisation_id__in=actor.readable(Scope.BUSINESS)).first()
    if run is None:
        raise ImportNotFound
    return run
