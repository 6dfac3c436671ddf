"""Sentences of explanations, levers and the report, in English and Hindi."""

from decimal import Decimal
from typing import Any

from msmebazaar.core.types import Money
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import Text, say

SENTENCES: dict[str, Text] = {
    "pending": ("Being calculated; ask again in a second.", "गणना हो रही है; एक सेकंड बाद फिर पूछें।"),
    "refused": ("No value could be calculated; see each reason.", "मूल्य नहीं निकल सका; हर कारण देखें।"),
    "value": (
        "The whole business would bring about {point}; in four cases of five between {low} and {high}.",
        "पूरे व्यवसाय का मूल्य लगभग {point} है; पाँच में से चार मामलों में {low} और {high} के बीच।",
    ),
    "band_only": (
        "The figures are too thin for a single value; in four cases of five the business would bring {low} to {high}.",
        "एक मूल्य बताने के लिए आँकड़े कम हैं; पाँच में से चार मामलों में {low} से {high} के बीच मिलेगा।",
    ),
    "basis_business": (
        "That is the business itself, without its cash and its debts.",
        "यह बिना नकद और कर्ज़ के व्यवसाय का मूल्य है।",
    ),
    "liquidation": (
        "It is what would be left after selling the assets one by one.",
        "यह संपत्ति अलग-अलग बेचने के बाद बची रकम है।",
    ),
    "stake": (
        "A stake of {share} percent comes to about {value}.",
        "{share} प्रतिशत हिस्से का मूल्य लगभग {value} है।",
    ),
    "method": (
        "{name} says {value} and counts for {weight} percent.",
        "{name} के अनुसार {value}; वज़न {weight} प्रतिशत।",
    ),
    "disagree": (
        "{highest} gives the most and {lowest} the least; what they look at differs, so the range is wide.",
        "सबसे ज़्यादा {highest} और सबसे कम {lowest} बताता है; दोनों अलग चीज़ें देखते हैं, इसलिए दायरा चौड़ा है।",
    ),
    "quality": (
        "The figures earn {score} of 100 points for quality.",
        "आँकड़ों की गुणवत्ता 100 में से {score} है।",
    ),
    "track_held_out": (
        "This is an indicative estimate: on {firms} Indian SME issues that the model never saw, its 80 percent band held {inside} "
        "percent; on {listings} US listings {listings_inside} percent. No record of Indian private sales exists yet, and "
        "this is not a registered valuer's report.",
        "यह सांकेतिक अनुमान है: {firms} भारतीय SME इश्यू पर, जो मॉडल ने नहीं देखे थे, इसका 80 प्रतिशत वाला दायरा {inside} प्रतिशत सही रहा; "
        "{listings} अमेरिकी लिस्टिंग पर {listings_inside} प्रतिशत। भारत में निजी बिक्री का कोई रिकॉर्ड अभी नहीं है, और यह पंजीकृत मूल्यांकक की रिपोर्ट नहीं है।",
    ),
    "track_cross_validation": (
        "This is an indicative estimate: tried on {firms} Indian SME issues, each left out when the model was made, its 80 percent "
        "band held {inside} percent; on {listings} US listings {listings_inside} percent. No record of Indian private sales "
        "exists yet, and this is not a registered valuer's report.",
        "यह सांकेतिक अनुमान है: {firms} भारतीय SME इश्यू पर, हर एक को मॉडल बनाते समय अलग रखकर, इसका 80 प्रतिशत वाला दायरा {inside} प्रतिशत सही रहा; "
        "{listings} अमेरिकी लिस्टिंग पर {listings_inside} प्रतिशत। भारत में निजी बिक्री का कोई रिकॉर्ड अभी नहीं है, और यह पंजीकृत मूल्यांकक की रिपोर्ट नहीं है।",
    ),
}

LEVERS: dict[str, Text] = {
    "audit": ("Have the accounts audited.", "खातों का ऑडिट कराएँ।"),
    "customers": ("Bring the largest customer below 25 percent.", "सबसे बड़े ग्राहक का हिस्सा 25 प्रतिशत से नीचे लाएँ।"),
    "owner": (
        "Let the business run without you: a manager, written routines.",
        "व्यवसाय आपके बिना चले: मैनेजर, लिखित तरीके।",
    ),
    "expiry": ("Renew the lease or licence for five years.", "लीज़ या लाइसेंस पाँच साल के लिए नया कराएँ।"),
    "recurring": ("Turn half of the revenue into contracts that renew.", "आधी बिक्री ऐसे अनुबंधों पर लाएँ जो आगे चलते रहें।"),
    "margin": ("Cut other costs by 2 percent of revenue, for good.", "दूसरे खर्च बिक्री के 2 प्रतिशत तक हमेशा के लिए घटाएँ।"),
    "collect": ("Collect what customers have owed for over 180 days.", "180 दिन से पुराना बकाया वसूल करें।"),
    "stock": ("Hold a fifth less stock.", "स्टॉक पाँचवाँ हिस्सा कम रखें।"),
    "appraise": ("Have land and building appraised.", "ज़मीन और इमारत का मूल्यांकन कराएँ।"),
    "evidence": ("Attach papers to the adjustments.", "समायोजनों के कागज़ लगाएँ।"),
}

SHARED_PAGE: dict[str, Text] = {
    "title": ("Valuation report", "मूल्यांकन रिपोर्ट"),
    "genuine": (
        "This report is genuine: it was made by MSMEBazaar and has not been changed.",
        "यह रिपोर्ट असली है: MSMEBazaar ने बनाई है और बदली नहीं गई।",
    ),
    "download": ("Download the report (PDF)", "रिपोर्ट डाउनलोड करें (PDF)"),
    "check": ("How to check a copy", "प्रति की जाँच कैसे करें"),
    "must_show": (
        "The last section of the report must show these values.",
        "रिपोर्ट के अंतिम भाग में यही मान होने चाहिए।",
    ),
    "made": ("Made on", "बनाया गया"),
    "ends": ("Link ends on", "लिंक की अंतिम तारीख"),
}

QUALITY: dict[str, Text] = {
    "years": ("Years of accounts", "खातों के साल"),
    "source": ("Source of the figures", "आँकड़ों का स्रोत"),
    "balance_sheet": ("Balance sheet", "बैलेंस शीट"),
    "cross_check": ("Checked against GST or tax returns", "GST या आयकर रिटर्न से मिलान"),
    "adjustments": ("Adjustments with evidence", "सबूत के साथ समायोजन"),
    "stability": ("Steady margin", "स्थिर मार्जिन"),
}

KINDS: dict[str, Text] = {
    "owner_pay": ("Owner's pay, as booked", "मालिक का वेतन, खातों में"),
    "market_salary": ("Market salary in the owner's place", "मालिक की जगह बाज़ार वेतन"),
    "one_off_cost": ("One-off cost", "एक बार का खर्च"),
    "one_off_gain": ("One-off gain", "एक बार का लाभ"),
    "personal_expense": ("Personal expense in the books", "खातों में निजी खर्च"),
    "unpaid_family": ("Unpaid family work", "परिवार का अवैतनिक काम"),
    "related_rent": ("Rent to related parties against market", "रिश्तेदारों को किराया, बाज़ार के मुक़ाबले"),
}


def sentence(key: str, language: str, **params: str) -> str:
    return say(SENTENCES, key, language, params)


def finding(content: dict[str, Any], kind: dict[str, Text], language: str) -> str:
    """A stored refusal or warning as a sentence."""
    params = {name: Money(Decimal(amount)).short(language) for name, amount in content["amounts"].items()}
    for name, key in content["names"].items():
        table = engine.METHODS if key in engine.METHODS else engine.NAMES
        params[name] = say(table, key, language)
    return say(kind, content["code"], language, {**params, **content["words"]})
