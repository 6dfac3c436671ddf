"""`make bench-leaks`: how much of what gives an owner away the teaser guard finds, and how much clean text it blocks.

1,000 texts in English, Hindi and mixed with one identifier planted in each, in many spellings, and 1,000 clean ones full of
figures, years and units. Seeded. The texts are ours; held-out ones may differ, so this is a floor to keep, not a proof.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable

from msme.teaser import finds

EACH = 1000
SEED = 20261126
NAMES = [
    ("Shivneri Fabrications Private Limited", "शिवनेरी", "Shivneri"),
    ("Deshmukh Engineering Works", "देशमुख", "Deshmukh"),
    ("Wankhede Agro Foods LLP", "वानखेडे", "Wankhede"),
    ("Chaudhary Textiles", "चौधरी", "Chaudhary"),
    ("Zaveri Ceramics Private Limited", "ज़वेरी", "Zaveri"),
    ("Kulkarni Precision Tools", "कुलकर्णी", "Kulkarni"),
    ("Venkatesh Polymers Limited", "वेंकटेश", "Venkatesh"),
    ("Bhattacharya Medichem Distributors", "भट्टाचार्य", "Bhattacharya"),
]
ENGLISH = [
    "Forging for tier-one suppliers, own plant of 24,000 sq ft, orders for eight months. {} Sales of ₹60.41 crore in FY 2024-25.",
    "Ninety power looms and a dyeing house. {} Exports to two European chains since 2009, margin of 8.4 %.",
    "Stockist for eleven manufacturers with 1,900 chemists on the books. {} The founder retires after 31 years.",
    "Bakery with three shifts, 6,000 shops in two states. {} Capacity 12,000 kg a day, 140 employees.",
]
HINDI = [
    "अपना कारख़ाना, 24,000 वर्ग फ़ुट, आठ महीने का ऑर्डर। {} वित्त वर्ष 2024-25 में बिक्री 60.41 करोड़ रुपये।",
    "नब्बे पावर लूम और रंगाई घर। {} 2009 से यूरोप को निर्यात, मार्जिन 8.4 प्रतिशत।",
    "ग्यारह कंपनियों के स्टॉकिस्ट, 1,900 दवा दुकानें। {} मालिक 31 साल बाद सेवानिवृत्त हो रहे हैं।",
]
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
EN_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
HI_DIGITS = ["शून्य", "एक", "दो", "तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ"]
Planter = Callable[[random.Random], tuple[str, list[str]]]


def phone(rng: random.Random) -> tuple[str, list[str]]:
    digits = str(rng.choice("6789")) + "".join(rng.choice("0123456789") for _ in range(9))
    spelling = rng.choice(
        [
            digits,
            f"{digits[:5]} {digits[5:]}",
            f"{digits[:5]}-{digits[5:]}",
            f"+91 {digits[:5]} {digits[5:]}",
            f"0{digits}",
            " ".join(digits),
            f"{digits[:3]}.{digits[3:6]}.{digits[6:]}",
            digits.translate(DEVANAGARI),
            f"{digits[:5]} {digits[5:]}".translate(DEVANAGARI),
            " ".join(EN_DIGITS[int(digit)] for digit in digits),
            " ".join(HI_DIGITS[int(digit)] for digit in digits),
        ]
    )
    return rng.choice([f"Call {spelling}.", f"संपर्क {spelling}।", f"WhatsApp: {spelling}"]), []


def email(rng: random.Random) -> tuple[str, list[str]]:
    user, host = rng.choice(["sales", "owner.works", "info_2"]), rng.choice(["gmail.com", "bigmill.in", "yahoo.co.in"])
    spelled = rng.choice(
        [f"{user}@{host}", f"{user} (at) {host.replace('.', ' (dot) ')}", f"{user} [at] {host}", f"{user}@okhdfcbank"]
    )
    return rng.choice([f"Write to {spelled} today.", f"ईमेल {spelled} पर।"]), []


def url(rng: random.Random) -> tuple[str, list[str]]:
    host = rng.choice(
        ["bigmill.in", "www.bigmill.com", "https://bigmill.co.in/about", "bigmill dot com", "bigmill.shop"]
    )
    return rng.choice([f"See {host} for pictures.", f"वेबसाइट {host} देखें।"]), []


def handle(rng: random.Random) -> tuple[str, list[str]]:
    return rng.choice(
        ["Instagram: bigmill_works.", "Find us @bigmill.works now.", "फेसबुक पेज: bigmillworks।", "insta - bigmill_in"]
    ), []


def identifier(rng: random.Random) -> tuple[str, list[str]]:
    return rng.choice(
        [
            "GSTIN 27AAPFU0939F1ZV.",
            "gst no 27 AAPFU 0939 F 1ZV",
            "PAN AAPFU0939F.",
            "UDYAM-MH-19-0012345",
            "udyam mh 19 0012345",
            "CIN U72900KA2008PTC046374.",
            "IFSC SBIN0005943",
            "जीएसटी 27AAPFU0939F1ZV है।",
            "FSSAI no. 11521998000123",
            "A/c no 50100234567890",
        ]
    ), []


def pincode(rng: random.Random) -> tuple[str, list[str]]:
    pin = rng.choice(["411019", "110092", "560058", "600 032"])
    return rng.choice(
        [f"Plant at PIN {pin}.", f"Bhosari - {pin}.", f"पिन कोड {pin.translate(DEVANAGARI)}।", f"pincode: {pin}"]
    ), []


def name(rng: random.Random) -> tuple[str, list[str]]:
    full, hindi, latin = rng.choice(NAMES)
    shown = rng.choice([full, latin, latin.upper(), hindi, f"{latin} Group", f"{hindi} समूह", f"the {latin} family"])
    return rng.choice([f"{shown} is known for quality.", f"{shown} की गुणवत्ता जानी-मानी है।"]), [full]


PLANTERS: dict[str, Planter] = {
    "phone": phone,
    "email": email,
    "url": url,
    "handle": handle,
    "identifier": identifier,
    "pincode": pincode,
    "name": name,
}
CLEAN = [
    "ISO 9001:2015 since 2011.",
    "Turnover grew from ₹42,00,00,000 to ₹60,41,00,000.",
    "Capacity - 250000 units, sold at ₹ 120 each.",
    "Plot of 6500 sq m, 3 sheds, 1200 kVA.",
    "EBITDA 14 %, debt ₹10.35 crore, 85 staff.",
    "Three CNC lines (2016, 2019, 2022). In 2023 a fourth.",
    "Cans @ Rs 20 each; MOQ 100000.",
    "बिक्री 2022-23 में 48 करोड़, 2023-24 में 55 करोड़।",
    "क्षमता प्रतिदिन 12,000 किलो, 140 कर्मचारी।",
    "प्लांट की क़ीमत 6 करोड़ 50 लाख, ज़मीन 2 एकड़।",
    "Near Pune, in an industrial estate; rail siding 4 km away.",
    "Customers pay in 45 days; suppliers get 30.",
]


def run() -> int:
    rng = random.Random(SEED)
    kinds = list(PLANTERS)
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed: list[str] = []
    for number in range(EACH):
        kind = kinds[number % len(kinds)]
        planted, names = PLANTERS[kind](rng)
        text = rng.choice([*ENGLISH, *HINDI]).format(planted)
        total[kind] += 1
        if finds(text, names=names, pincode=""):
            found[kind] += 1
        else:
            missed.append(f"{kind}: {planted}")
    blocked = []
    for _ in range(EACH):
        text = rng.choice([*ENGLISH, *HINDI]).format(" ".join(rng.sample(CLEAN, 3)))
        names = [rng.choice(NAMES)[0], rng.choice(NAMES)[0]]
        hit = finds(text, names=names, pincode="411019")
        if hit:
            blocked.append(f"{hit[0].kind}: {text[hit[0].start : hit[0].end]}")
    recall, false_alarms = sum(found.values()) / EACH, len(blocked) / EACH
    for kind in kinds:
        print(f"  {kind:<12} {found[kind]:4d} of {total[kind]}")
    print(f"\n  recall {recall:.1%} of {EACH} planted, {false_alarms:.1%} of {EACH} clean texts blocked")
    for line in sorted(set(missed))[:10] + sorted(set(blocked))[:10]:
        print(f"    {line}")
    return 0 if recall >= 0.99 and false_alarms <= 0.02 else 1


if __name__ == "__main__":
    sys.exit(run())
