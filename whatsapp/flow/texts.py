"""Every sentence of the bot, in every language. Loading fails when one is missing or its placeholders differ."""

import string

LANGUAGES = ("en", "hi")

TEXTS: dict[str, dict[str, str]] = {
    "greeting": {
        "en": "Namaste! This is MSMEBazaar. Here you learn what your business is worth and meet buyers you can trust.",
        "hi": "नमस्ते! यह MSMEBazaar है। यहाँ आप जानें कि आपके व्यवसाय की क़ीमत क्या है, और भरोसेमंद ख़रीदारों से मिलें।",
    },
    "menu": {
        "en": "Reply with a number:\n1 My valuation\n2 My listings\n3 My matches\n4 हिन्दी\n5 Help",
        "hi": "एक अंक भेजें:\n1 मेरा मूल्यांकन\n2 मेरी लिस्टिंग\n3 मेरे मैच\n4 English\n5 मदद",
    },
    "valuation_ready": {
        "en": "Your business may bring about {point} in a private sale, in four cases of five between {low} and {high}. "
        "This is an indicative estimate, not a registered valuer's report.",
        "hi": "निजी बिक्री में आपके व्यवसाय के लगभग {point} मिल सकते हैं, पाँच में से चार मामलों में {low} से {high} के बीच। "
        "यह एक संकेत है, पंजीकृत मूल्यांकक की रिपोर्ट नहीं।",
    },
    "valuation_range": {
        "en": "Your business may bring {low} to {high} in a private sale, in four cases of five. For a single value we need more "
        "figures; the app says which. This is an indicative estimate, not a registered valuer's report.",
        "hi": "निजी बिक्री में पाँच में से चार मामलों में आपके व्यवसाय के {low} से {high} मिल सकते हैं। एक मूल्य के लिए और आँकड़े चाहिए; ऐप में देखें कौन से। "
        "यह एक संकेत है, पंजीकृत मूल्यांकक की रिपोर्ट नहीं।",
    },
    "valuation_refused": {
        "en": "No value could be calculated from your figures. Open the app to see why and what to mend.",
        "hi": "आपके आँकड़ों से क़ीमत नहीं निकल सकी। कारण और सुधार ऐप में देखें।",
    },
    "valuation_none": {
        "en": "You have no valuation yet. Register your business and its figures in the app; it takes five minutes.",
        "hi": "अभी आपका कोई मूल्यांकन नहीं है। ऐप में अपना व्यवसाय और उसके आँकड़े भरें; पाँच मिनट लगते हैं।",
    },
    "listings": {
        "en": "Your listings: {live} live, {waiting} with our staff, {drafts} to be finished by you.",
        "hi": "आपकी लिस्टिंग: {live} लाइव, {waiting} हमारी जाँच में, {drafts} आपको पूरी करनी हैं।",
    },
    "matches": {
        "en": "{for_mandates} listings match what you look for; {for_listings} buyers match your listings.",
        "hi": "आपकी तलाश से {for_mandates} लिस्टिंग मिलती हैं; आपकी लिस्टिंग से {for_listings} ख़रीदार मिलते हैं।",
    },
    "introduction_waiting": {
        "en": "*{code}* {kind}, verified T{tier}, up to {amount}, because of “{title}”. Answer until {until}: "
        "APPROVE {code} or DECLINE {code}",
        "hi": "*{code}* {kind}, सत्यापन T{tier}, {amount} तक, “{title}” के लिए। {until} तक उत्तर दें: "
        "हाँ {code} या ना {code}",
    },
    "introductions_waiting": {
        "en": "{count} wait for your answer. They do not know who you are until you approve.",
        "hi": "{count} आपके उत्तर की प्रतीक्षा में हैं। आपकी मंज़ूरी तक वे नहीं जानते कि आप कौन हैं।",
    },
    "introduction_approved": {
        "en": "Done. You are introduced for “{title}”. They sign the non-disclosure agreement before they see who you are.",
        "hi": "हो गया। “{title}” के लिए परिचय स्वीकार हुआ। वे पहले गोपनीयता समझौते पर हस्ताक्षर करेंगे, तभी देखेंगे कि आप कौन हैं।",
    },
    "introduction_declined": {
        "en": "Declined. They do not learn who you are.",
        "hi": "मना कर दिया गया। वे नहीं जानेंगे कि आप कौन हैं।",
    },
    "introduction_unknown": {
        "en": "No request {code} waits for your answer. Reply 3 to see those that do.",
        "hi": "{code} नाम का कोई अनुरोध प्रतीक्षा में नहीं है। जो हैं उन्हें देखने के लिए 3 भेजें।",
    },
    "introduction_refused": {
        "en": "That was not possible: {why}",
        "hi": "यह नहीं हो सका: {why}",
    },
    "language_set": {
        "en": "From now on in English.",
        "hi": "अब से हिन्दी में।",
    },
    "help": {
        "en": "Write MENU for the choices, STOP to hear no more from us, or write your question; "
        "a person reads it on working days.",
        "hi": "विकल्पों के लिए मेनू लिखें, संदेश बंद करने के लिए बंद लिखें, या अपना सवाल लिखें; कामकाजी दिनों में कोई व्यक्ति पढ़ता है।",
    },
    "not_understood": {
        "en": "I did not understand that.",
        "hi": "मैं यह समझ नहीं पाया।",
    },
    "stopped": {
        "en": "You will get no more messages from us. Write START to hear from us again.",
        "hi": "अब आपको हमारे संदेश नहीं मिलेंगे। फिर से पाने के लिए शुरू लिखें।",
    },
    "started": {
        "en": "Good to have you back.",
        "hi": "आपका फिर से स्वागत है।",
    },
}


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def check(texts: dict[str, dict[str, str]]) -> None:
    """Raise ValueError naming the first text that lacks a language or whose languages want different values."""
    for key, versions in texts.items():
        missing = [language for language in LANGUAGES if not versions.get(language)]
        if missing:
            raise ValueError(f"text {key} is missing in {', '.join(missing)}")
        if len({placeholders(version) for version in versions.values()}) > 1:
            raise ValueError(f"text {key} wants different values in different languages")


check(TEXTS)


def say(key: str, language: str, **values: str | int) -> str:
    """The text in a language, English where the language is not one of ours."""
    return TEXTS[key][language if language in LANGUAGES else "en"].format(**values)
