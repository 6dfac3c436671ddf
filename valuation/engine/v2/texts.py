"""Every refusal, warning and reason in English and Hindi. Placeholders are filled with the params of the finding."""

Text = tuple[str, str]

REFUSALS: dict[str, Text] = {
    "E_REVENUE_MISSING": (
        "Enter the revenue of at least one fiscal year, more than zero.",
        "कम से कम एक वित्त वर्ष की बिक्री भरें, शून्य से अधिक।",
    ),
    "E_UNIT_INCONSISTENT": (
        "Total assets of {assets} do not fit revenue of {revenue} in {year}. Did you mean lakh for one and rupees for the other?",
        "{year} में कुल संपत्ति {assets} बिक्री {revenue} से मेल नहीं खाती। क्या एक लाख में और दूसरी रुपये में लिखी है?",
    ),
    "E_UNIT_YEAR_JUMP": (
        "{name} goes from {before} to {after} in {year}, thirty times or more. Are both years in the same unit?",
        "{year} में {name} {before} से {after} हो गया, तीस गुना या ज़्यादा। क्या दोनों साल एक ही इकाई में हैं?",
    ),
    "E_UNIT_IMPLAUSIBLE": (
        "Revenue of {revenue} does not fit {employees} employees or a small firm. Did you mean lakh or crore?",
        "{employees} कर्मचारियों या छोटे व्यवसाय के लिए {revenue} बिक्री ठीक नहीं लगती। क्या आपका मतलब लाख या करोड़ था?",
    ),
    "E_GST_MISMATCH": (
        "The GST returns say {gst}, the accounts {revenue}: ten times or more apart. Check the unit.",
        "GST रिटर्न में {gst} है, खातों में {revenue}: दस गुना या अधिक का अंतर। इकाई जाँचें।",
    ),
    "E_PAT_GT_REVENUE": (
        "The profit or loss in {year} is larger than the income. Are both in the same unit?",
        "{year} में लाभ या हानि आय से बड़ी है। क्या दोनों एक ही इकाई में हैं?",
    ),
    "E_PNL_IDENTITY": (
        "In {year}, income less all costs gives {found}, but the profit is {given}. Correct the line that differs.",
        "{year} में आय से सब खर्च घटाने पर {found} आता है, पर लाभ {given} लिखा है। जो पंक्ति अलग है उसे सुधारें।",
    ),
    "E_BALANCE_MISMATCH": (
        "In {year}, assets are {assets} but debts and own funds {claims}. Correct the line that differs.",
        "{year} में संपत्ति {assets} है पर देनदारी और अपनी पूँजी {claims}। जो पंक्ति अलग है उसे सुधारें।",
    ),
    "E_NEGATIVE_AMOUNT": (
        "A cost, asset or debt of {year} is below zero. Enter it without the minus sign.",
        "{year} का कोई खर्च, संपत्ति या कर्ज़ शून्य से कम है। बिना ऋण चिह्न के भरें।",
    ),
    "E_PERIOD_DUPLICATE": ("{year} is there twice. Remove one.", "{year} दो बार है। एक हटाएँ।"),
    "E_PERIOD_GAP": (
        "{year} is missing between two other years. Add it.",
        "दो वर्षों के बीच {year} नहीं है। उसे जोड़ें।",
    ),
    "E_PERIOD_FUTURE": (
        "{year} ends after the valuation date. Say how many months the figures cover.",
        "{year} मूल्यांकन की तारीख के बाद ख़त्म होता है। बताएँ कि आँकड़े कितने महीनों के हैं।",
    ),
    "E_PERIOD_STALE": (
        "The latest figures, of {year}, are older than 18 months. Add a newer year, or the months to date.",
        "सबसे नए आँकड़े {year} के हैं, 18 महीने से पुराने। नया साल या अब तक के महीने जोड़ें।",
    ),
    "E_SECTOR_EXCLUDED": (
        "We do not value this line of business (NIC {nic}): sales and earnings mean something else there. Ask a registered valuer.",
        "इस तरह के व्यवसाय (NIC {nic}) का मूल्यांकन हम नहीं करते: वहाँ बिक्री और कमाई का अर्थ अलग है। पंजीकृत मूल्यांकक से पूछें।",
    ),
    "E_TOO_YOUNG": (
        "The latest figures cover less than six months of trading. Enter a longer period.",
        "ताज़ा आँकड़े छह महीने से कम के व्यापार के हैं। लंबी अवधि के आँकड़े भरें।",
    ),
    "E_NIC_UNKNOWN": (
        "There is no NIC-2008 code {nic}. Choose the business from the list.",
        "NIC-2008 में {nic} कोड नहीं है। सूची से व्यवसाय चुनें।",
    ),
    "E_CURRENCY": ("Amounts must be in Indian rupees.", "राशियाँ भारतीय रुपये में होनी चाहिए।"),
    "E_SHARE_RANGE": (
        "The share offered must be more than 0 and at most 100 percent.",
        "बेचा जाने वाला हिस्सा 0 से अधिक और 100 प्रतिशत तक होना चाहिए।",
    ),
    "E_DATE": (
        "The valuation date must be today or at most one year back.",
        "मूल्यांकन की तारीख आज या पिछले एक साल के भीतर होनी चाहिए।",
    ),
    "E_ADJUSTMENT_EXCESS": (
        "Adjustments without evidence in {year} add {sum}, more than half of the reported EBITDA. Attach evidence or lower them.",
        "{year} में बिना सबूत के समायोजन {sum} जोड़ते हैं, दर्ज EBITDA के आधे से ज़्यादा। सबूत लगाएँ या घटाएँ।",
    ),
    "E_MARKET_DATA_STALE": (
        "Our market data is older than 15 months. A valuation waits for new data.",
        "हमारे बाज़ार के आँकड़े 15 महीने से पुराने हैं। मूल्यांकन नए आँकड़ों के बाद होगा।",
    ),
    "E_NO_METHOD": (
        "None of the methods can be used with these figures; each says what it lacks.",
        "इन आँकड़ों से कोई तरीका काम नहीं करता; हर तरीका बताता है कि क्या कमी है।",
    ),
}

WARNINGS: dict[str, Text] = {
    "W_GST_DIFF": (
        "Revenue and GST turnover differ by more than 15 percent.",
        "बिक्री और GST टर्नओवर में 15 प्रतिशत से अधिक का अंतर है।",
    ),
    "W_ANNUALISED": (
        "The latest figures cover part of a year and were scaled to twelve months; seasons are not considered.",
        "ताज़ा आँकड़े साल के एक हिस्से के हैं और बारह महीने के हिसाब से बढ़ाए गए; मौसम का असर नहीं देखा गया।",
    ),
    "W_STUB_LEFT_OUT": (
        "Figures of less than six months were left out; they say too little of a year.",
        "छह महीने से कम के आँकड़े छोड़े गए; वे पूरे साल के बारे में कम बताते हैं।",
    ),
    "W_ONE_YEAR": (
        "Only one year of accounts: nothing shows whether it is typical.",
        "केवल एक साल के खाते: यह आम साल है या नहीं, पता नहीं चलता।",
    ),
    "W_DECLINING": (
        "Earnings fell well below the average of the years; only the latest year was used.",
        "कमाई बरसों के औसत से काफ़ी नीचे आ गई; केवल ताज़ा साल लिया गया।",
    ),
    "W_SELF_DECLARED": (
        "The figures are the owner's own; nobody has checked them.",
        "आँकड़े मालिक के अपने हैं; किसी ने जाँचे नहीं हैं।",
    ),
    "W_NO_BS": (
        "Without a balance sheet, new investment is estimated and assets are not valued.",
        "बैलेंस शीट के बिना नए निवेश का अनुमान लगाया गया और संपत्ति का मूल्य नहीं लगा।",
    ),
    "W_CASH_UNKNOWN": (
        "Cash is not given and counts as nothing.",
        "नकद नहीं बताया गया, इसलिए शून्य माना गया।",
    ),
    "W_DEBT_UNKNOWN": (
        "Debt is not given: the value is of the business without cash and debt.",
        "कर्ज़ नहीं बताया गया: मूल्य बिना नकद और कर्ज़ के व्यवसाय का है।",
    ),
    "W_HYPER": (
        "Growth above 40 percent a year is not carried forward, and the forecast counts for less.",
        "40 प्रतिशत से अधिक सालाना बढ़त आगे नहीं मानी गई, और अनुमान का वज़न कम है।",
    ),
    "W_SHRINKING": (
        "Revenue shrinks by more than 10 percent a year; the forecast lets it shrink on.",
        "बिक्री साल में 10 प्रतिशत से अधिक घट रही है; अनुमान में भी घटती मानी गई।",
    ),
    "W_NOT_IPO_GRADE": (
        "EBITDA of ₹1 crore in two of three years is not shown, which a listing on the SME platform needs; that method counts for less.",
        "तीन में से दो साल ₹1 करोड़ EBITDA नहीं दिखा, जो SME प्लेटफ़ॉर्म पर लिस्टिंग के लिए चाहिए; उस तरीके का वज़न कम है।",
    ),
    "W_METHODS_DISAGREE": (
        "The methods lie far apart: {highest} gives most, {lowest} least. The range is wider for it.",
        "तरीके एक-दूसरे से दूर हैं: सबसे ज़्यादा {highest}, सबसे कम {lowest}। इसलिए दायरा चौड़ा है।",
    ),
    "W_ONE_METHOD": (
        "Only one method could be used.",
        "केवल एक तरीका काम आ सका।",
    ),
    "W_NEGATIVE_EBITDA": (
        "The business earns nothing before interest and depreciation; only its assets count.",
        "ब्याज और मूल्यह्रास से पहले व्यवसाय कुछ नहीं कमाता; केवल उसकी संपत्ति गिनी गई।",
    ),
    "W_LIQUIDATION": (
        "The assets would bring more than the business as it goes on; the value is that of a liquidation.",
        "चलते व्यवसाय से अधिक उसकी संपत्ति बेचकर मिलेगा; मूल्य परिसमापन का है।",
    ),
    "W_INSOLVENT": (
        "What is owed is more than what the business is worth; the owner's share is worth nothing.",
        "देनदारी व्यवसाय के मूल्य से अधिक है; मालिक के हिस्से का मूल्य कुछ नहीं।",
    ),
    "W_INSOLVENT_ON_LIQUIDATION": (
        "A liquidation would not pay all debts.",
        "परिसमापन से सारे कर्ज़ नहीं चुकेंगे।",
    ),
    "W_OWNER_PAY_ASSUMED": (
        "No market salary for the working owner is given; one was assumed and subtracted.",
        "काम करने वाले मालिक का बाज़ार वेतन नहीं बताया गया; एक मानकर घटाया गया।",
    ),
    "W_MARKET_DATA_AGED": (
        "Our market data is older than six months.",
        "हमारे बाज़ार के आँकड़े छह महीने से पुराने हैं।",
    ),
    "W_RATIO_CLAMPED": (
        "A ratio of this firm lies outside of what the SME-platform method has seen and was held at the bound.",
        "इस व्यवसाय का एक अनुपात SME-प्लेटफ़ॉर्म वाले तरीके की सीमा से बाहर है, इसलिए सीमा पर रखा गया।",
    ),
    "W_BAND_ONLY": (
        "The figures are too thin for a single value; take the range.",
        "एक मूल्य बताने के लिए आँकड़े कम हैं; दायरा देखें।",
    ),
    "W_RELATED_LOANS": (
        "Loans from owners or relatives count as debt.",
        "मालिक या रिश्तेदारों के कर्ज़ को कर्ज़ माना गया।",
    ),
}

METHODS: dict[str, Text] = {
    "M1": ("Discounted cash flow", "नकद प्रवाह (DCF)"),
    "M2": ("Capitalised earnings", "पूँजीकृत कमाई"),
    "M3": ("SME-platform listings", "SME-प्लेटफ़ॉर्म लिस्टिंग"),
    "M4": ("EV/EBITDA multiple", "EV/EBITDA गुणक"),
    "M5": ("Owner-earnings (SDE) multiple", "मालिक की कमाई (SDE) का गुणक"),
    "M6": ("EV/Sales of SME listings", "SME लिस्टिंग का EV/बिक्री"),
    "M7": ("Adjusted net assets", "समायोजित शुद्ध संपत्ति"),
    "M6_pe": ("P/E of SME listings", "SME लिस्टिंग का P/E"),
    "M6_pb": ("P/B of SME listings", "SME लिस्टिंग का P/B"),
    "M6_ev_sales": ("EV/Sales of SME listings", "SME लिस्टिंग का EV/बिक्री"),
    "M8": ("Rule of thumb on revenue", "बिक्री पर मोटा नियम"),
}
APPROACHES: dict[str, Text] = {
    "income": ("Income", "आय"),
    "market": ("Market", "बाज़ार"),
    "asset": ("Asset", "संपत्ति"),
}

REASONS: dict[str, Text] = {
    "used_dcf": (
        "Two or more years show how the business grows and what it keeps.",
        "दो या अधिक साल दिखाते हैं कि व्यवसाय कैसे बढ़ता है और क्या बचता है।",
    ),
    "used_capitalised": (
        "With one year of accounts there is no trend to forecast; its earnings are capitalised.",
        "एक साल के खातों से रुझान नहीं दिखता; उसकी कमाई को पूँजीकृत किया गया।",
    ),
    "used_sme_ipo": (
        "Prices paid for small Indian firms at their listing, brought to the level of a private sale.",
        "छोटी भारतीय कंपनियों की लिस्टिंग पर मिले दाम, निजी बिक्री के स्तर पर लाए गए।",
    ),
    "used_ev_ebitda": (
        "What the market pays for earnings of this industry, brought to the level of a private sale.",
        "इस उद्योग की कमाई पर बाज़ार जो देता है, निजी बिक्री के स्तर पर लाया गया।",
    ),
    "used_sde": (
        "Small businesses change hands at a multiple of what they leave to one owner.",
        "छोटे व्यवसाय मालिक की कमाई के गुणक पर बिकते हैं।",
    ),
    "used_nav": (
        "What the assets would bring, less all that is owed.",
        "संपत्ति से जो मिलेगा, सारी देनदारी घटाकर।",
    ),
    "used_ev_sales": (
        "A loss-maker with a good gross margin may be worth something to who can run it better.",
        "अच्छे सकल मार्जिन वाला घाटे का व्यवसाय बेहतर चलाने वाले के लिए कुछ मूल्य रख सकता है।",
    ),
    "one_year": ("Needs two years of accounts.", "दो साल के खाते चाहिए।"),
    "ebitda_unknown": (
        "EBITDA is not known: enter the costs, or depreciation, interest and tax.",
        "EBITDA पता नहीं: खर्च भरें, या मूल्यह्रास, ब्याज और कर।",
    ),
    "depreciation_unknown": ("Depreciation is not known.", "मूल्यह्रास पता नहीं।"),
    "no_earnings": (
        "Nothing is earned after depreciation, so there is no cash flow to value.",
        "मूल्यह्रास के बाद कुछ नहीं बचता, इसलिए मूल्य लगाने को नकद प्रवाह नहीं।",
    ),
    "ebitda_not_positive": ("EBITDA is not positive.", "EBITDA शून्य से अधिक नहीं।"),
    "sde_not_positive": ("The owner's earnings are not positive.", "मालिक की कमाई शून्य से अधिक नहीं।"),
    "spread_too_small": (
        "The discount rate lies too close to growth for a terminal value.",
        "छूट दर बढ़त के बहुत पास है, अंतिम मूल्य नहीं निकलता।",
    ),
    "dcf_used": ("The discounted cash flow takes its place.", "इसकी जगह DCF लिया गया।"),
    "revenue_out_of_range": (
        "Knows firms with revenue of ₹5 crore to ₹500 crore.",
        "₹5 करोड़ से ₹500 करोड़ बिक्री वाले व्यवसायों के लिए है।",
    ),
    "no_profit": ("Needs a profit after tax.", "कर के बाद लाभ चाहिए।"),
    "no_net_worth": ("Needs a positive net worth.", "शुद्ध संपत्ति शून्य से अधिक चाहिए।"),
    "no_balance_sheet": (
        "Needs a balance sheet with its lines.",
        "पूरी बैलेंस शीट चाहिए।",
    ),
    "other_size": ("Not for firms of this size.", "इस आकार के व्यवसाय के लिए नहीं।"),
    "trade_unknown": ("No sales of businesses of this trade are known.", "इस काम के व्यवसायों की बिक्री पता नहीं।"),
    "asset_approach_only": (
        "Property firms are valued by their assets alone.",
        "ज़मीन-जायदाद के व्यवसाय केवल संपत्ति से आँके जाते हैं।",
    ),
    "no_debt_known": ("Debt is not known.", "कर्ज़ पता नहीं।"),
    "not_a_loss_maker": ("A cross-check only.", "केवल मिलान के लिए।"),
}

RISKS: dict[str, Text] = {
    "customer": ("One customer brings more than 30 percent", "एक ग्राहक 30 प्रतिशत से अधिक देता है"),
    "owner": ("The business depends on its owner", "व्यवसाय मालिक पर निर्भर है"),
    "history": ("Less than three years, or one year of accounts", "तीन साल से कम, या एक साल के खाते"),
    "unaudited": ("Accounts are not audited", "खातों का ऑडिट नहीं"),
    "declining": ("Revenue declines", "बिक्री घट रही है"),
    "expiry": ("Lease or licence ends within two years", "लीज़ या लाइसेंस दो साल में ख़त्म"),
}

NAMES: dict[str, Text] = {
    "revenue": ("Revenue", "बिक्री"),
    "total_assets": ("Total assets", "कुल संपत्ति"),
}


def say(table: dict[str, Text], key: str, language: str, params: dict[str, str] | None = None) -> str:
    """The sentence in a language (`hi`, else English)."""
    text = table[key][1 if language.startswith("hi") else 0]
    return text.format(**params) if params else text
