"""Who of staff may see which lists, and of which rows. The pages of queues and desks ask for the duty of what they show.

The table is the whole of it: a list that is not in it opens for superusers only. A region limits businesses and what hangs
on them; people, organisations, chats and the audit know no region, so for those the duty alone decides.
"""

from typing import Any

from django.db.models import Model, QuerySet

from msmebazaar.core.actor import Actor, Duty

REVIEW, VALUATION, CHAT, PRIVACY, OPERATIONS, REPORTS, STAFFING = Duty
MARKET = (REVIEW, VALUATION, REPORTS)

READERS: dict[str, tuple[Duty, ...]] = {
    "core.auditentry": (STAFFING, PRIVACY),
    "core.auditlink": (STAFFING,),
    "core.delivery": (OPERATIONS,),
    "core.outboxevent": (OPERATIONS,),
    "core.workerheartbeat": (OPERATIONS,),
    "core.operationrun": (OPERATIONS,),
    "accounts.user": (REVIEW, CHAT, PRIVACY, STAFFING),
    "accounts.organisation": (REVIEW, CHAT, PRIVACY, REPORTS),
    "accounts.membership": (REVIEW, PRIVACY),
    "accounts.identity": (PRIVACY,),
    "accounts.session": (PRIVACY, OPERATIONS),
    "accounts.badge": (REVIEW, REPORTS),
    "accounts.verificationrequest": (REVIEW,),
    "accounts.advisormandate": (REVIEW, PRIVACY),
    "accounts.invitation": (REVIEW, PRIVACY),
    "accounts.consententry": (PRIVACY,),
    "accounts.datarequest": (PRIVACY,),
    "accounts.dataexport": (PRIVACY,),
    "accounts.nominee": (PRIVACY,),
    "accounts.notification": (CHAT, OPERATIONS),
    "accounts.dispatch": (CHAT, OPERATIONS),
    "accounts.notificationsettings": (CHAT, PRIVACY),
    "accounts.staffprofile": (STAFFING,),
    "accounts.proposal": (STAFFING, PRIVACY),
    "accounts.contactmerge": (REVIEW,),
    "msme.business": MARKET,
    "msme.businessowner": (REVIEW,),
    "msme.gstregistration": (REVIEW,),
    "msme.financialstatement": MARKET,
    "msme.addback": MARKET,
    "msme.listing": MARKET,
    "msme.listingversion": (REVIEW,),
    "msme.niccode": (*MARKET, OPERATIONS),
    "msme.marketentry": MARKET,
    "msme.document": (REVIEW, VALUATION),
    "msme.documentview": (REVIEW, PRIVACY),
    "msme.importrun": (REVIEW, OPERATIONS),
    "msme.duplicatepair": (REVIEW,),
    "msme.merge": (REVIEW,),
    "msme.savedsearch": (REPORTS,),
    "valuation.valuation": (VALUATION, REPORTS),
    "valuation.narrative": (VALUATION,),
    "valuation.override": (VALUATION,),
    "valuation.oddity": (VALUATION,),
    "valuation.signoff": (VALUATION,),
    "valuation.revaluationrun": (VALUATION, OPERATIONS),
    "valuation.observedprice": (VALUATION, REPORTS),
    "valuation.listingvaluation": (VALUATION,),
    "valuation.sharelink": (VALUATION, PRIVACY),
    "matching.mandate": (REVIEW, REPORTS),
    "matching.match": (REVIEW, REPORTS),
    "matching.listingprofile": (REVIEW, REPORTS),
    "matching.acceptance": (REVIEW, REPORTS),
    "matching.marketsnapshot": (OPERATIONS,),
    "matching.feedback": (REPORTS,),
    "matching.introduction": (REVIEW, REPORTS),
    "matching.introductionmove": (REVIEW,),
    "matching.message": (REVIEW,),
    "matching.messagereport": (REVIEW,),
    "matching.letter": (REVIEW, REPORTS),
    "matching.ndatext": (REVIEW,),
    "matching.ndasignature": (REVIEW, PRIVACY),
    "matching.loanproduct": (REVIEW, REPORTS),
    "matching.loancomparison": (REVIEW,),
    "matching.equityapproach": (REVIEW,),
    "matching.rankerversion": (OPERATIONS, REPORTS),
    "whatsapp.conversation": (CHAT, PRIVACY),
    "whatsapp.handover": (CHAT,),
    "whatsapp.staffnote": (CHAT,),
    "whatsapp.inboundmessage": (CHAT, OPERATIONS),
    "whatsapp.inboundmedia": (CHAT, OPERATIONS),
    "whatsapp.outboundmessage": (CHAT, OPERATIONS),
    "whatsapp.template": (CHAT, OPERATIONS),
    "whatsapp.broadcast": (CHAT,),
    "whatsapp.reconciliation": (OPERATIONS,),
    "whatsapp.cannedreply": (CHAT,),
    "adminpanel.claim": (STAFFING, OPERATIONS),
    "adminpanel.decision": (STAFFING, REPORTS),
    "adminpanel.task": (STAFFING,),
    "adminpanel.savedview": (STAFFING,),
    "adminpanel.sheet": (STAFFING, PRIVACY),
    "adminpanel.rollup": (REPORTS, OPERATIONS),
    "adminpanel.rolluprun": (REPORTS, OPERATIONS),
    "adminpanel.breach": (PRIVACY,),
    "adminpanel.breachaffected": (PRIVACY,),
}

# Where a row's state of India stands.
REGION = {
    "msme.business": "state",
    "msme.businessowner": "business__state",
    "msme.gstregistration": "business__state",
    "msme.financialstatement": "business__state",
    "msme.addback": "statement__business__state",
    "msme.listing": "business__state",
    "msme.listingversion": "listing__business__state",
    "msme.marketentry": "listing__business__state",
    "msme.document": "business__state",
    "msme.documentview": "document__business__state",
    "msme.importrun": "business__state",
    "valuation.valuation": "business__state",
    "valuation.narrative": "valuation__business__state",
    "valuation.override": "valuation__business__state",
    "valuation.oddity": "valuation__business__state",
    "valuation.signoff": "valuation__business__state",
    "valuation.listingvaluation": "listing__business__state",
    "valuation.sharelink": "valuation__business__state",
    "matching.acceptance": "listing__business__state",
    "matching.match": "listing__business__state",
    "matching.introduction": "listing__business__state",
    "matching.introductionmove": "introduction__listing__business__state",
    "matching.message": "introduction__listing__business__state",
    "matching.messagereport": "message__introduction__listing__business__state",
    "matching.ndasignature": "introduction__listing__business__state",
    "matching.loancomparison": "listing__business__state",
}


def may_view(actor: Actor, model: type[Model]) -> bool:
    label = model._meta.label_lower
    return actor.has_duty(*READERS[label]) if label in READERS else actor.duties == frozenset(Duty)


def visible(actor: Actor, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The rows that lie in the colleague's regions."""
    path = REGION.get(rows.model._meta.label_lower)
    return rows.filter(**{f"{path}__in": actor.regions}) if path and actor.regions else rows
