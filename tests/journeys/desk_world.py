"""Run in the running market's shell by `test_desk.py`: listings that wait, a hand-over, a second colleague, hostile texts."""

import json
import sys

from allauth.mfa.totp.internal.auth import TOTP

from accounts import selectors as people
from accounts.models import Membership, StaffProfile, User
from accounts.services import create_staff, find_or_create_contact
from accounts.types import IdentityKind
from adminpanel import services
from msme.models import Business, Listing
from msmebazaar.core import clock
from tests.adminpanel.payloads import MARK, PAYLOADS
from valuation import services as appraisals
from whatsapp.models import Conversation, Handover

SECRET, PASSWORD = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "a second long password"
now = clock.now()
Listing.objects.filter(pk__in=Listing.objects.filter(status="live").order_by("id").values("pk")[:5]).update(
    status="submitted", submitted_at=now
)
second = create_staff(username="second", password=PASSWORD)
TOTP.activate(User.objects.get(pk=second), SECRET)
User.objects.filter(pk=second).update(is_superuser=False)
StaffProfile.objects.create(user_id=second, duties=["valuation"])
contact = find_or_create_contact(
    kind=IdentityKind.WHATSAPP,
    value="whatsapp:+919811100011",
    language="hi",
    verified_at=now,
    full_name=PAYLOADS[4],
)
conversation = Conversation.objects.create(
    user_id=contact.user_id, address="whatsapp:+919811100011", language="hi", last_heard_at=now
)
Handover.objects.create(conversation=conversation, reason="asked", opened_at=now)
hostile = Business.objects.order_by("-id")[0]
Business.objects.filter(pk=hostile.pk).update(legal_name=PAYLOADS[27], trade_name=PAYLOADS[4])
Listing.objects.filter(business=hostile).update(title=PAYLOADS[0], summary="".join(PAYLOADS))
firm = Business.objects.filter(statements__isnull=False).exclude(pk=hostile.pk).order_by("id")[0]
owner = people.actor_of(user_id=Membership.objects.filter(organisation_id=firm.organisation_id)[0].user_id)
valuation = appraisals.request_valuation(actor=owner, business_id=firm.id, today=clock.today_in_india())
appraisals.complete_valuation(valuation_id=valuation.id, now=clock.now(), is_told=False)
services.count_measures(now=clock.now())
sys.stdout.write(
    json.dumps(
        {
            "secret": SECRET,
            "password": PASSWORD,
            "mark": MARK,
            "valuation": str(valuation.id),
            "person": str(contact.user_id),
            "hostile": str(hostile.pk),
        }
    )
)
