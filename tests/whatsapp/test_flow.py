"""What the bot says: plain Python, checked text by text."""

import pytest

from whatsapp.flow import LANGUAGES, Ask, Decision, Heard, decide, say
from whatsapp.flow.texts import TEXTS, check, placeholders


def hear(text: str, language: str | None = "en", *, is_stopped: bool = False) -> Decision:
    return decide(Heard(text, language, is_stopped))


@pytest.mark.parametrize(
    ("text", "language"),
    [("नमस्ते", "hi"), ("नमस्ते!", "hi"), ("Namaste", "hi"), ("hello", "en"), ("I want to sell", "en"), ("बेचना है", "hi")],
)
def test_the_first_message_is_greeted_in_its_language(text: str, language: str) -> None:
    assert hear(text, None) == Decision(language, ("greeting", "menu"))


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("1", Ask.VALUATION),
        ("१", Ask.VALUATION),
        ("मूल्यांकन", Ask.VALUATION),
        (" Value? ", Ask.VALUATION),
        ("2", Ask.LISTINGS),
        ("3.", Ask.MATCHES),
        ("मैच", Ask.MATCHES),
    ],
)
def test_a_choice_by_number_or_word_asks_the_app_that_knows(text: str, ask: Ask) -> None:
    assert hear(text) == Decision("en", ask=ask)


@pytest.mark.parametrize(
    ("text", "now", "then"), [("4", "en", "hi"), ("4", "hi", "en"), ("हिन्दी", "en", "hi"), ("English", "hi", "en")]
)
def test_the_language_can_be_switched_at_any_time(text: str, now: str, then: str) -> None:
    assert hear(text, now) == Decision(then, ("language_set", "menu"))


@pytest.mark.parametrize("text", ["STOP", "stop.", "बंद", "Unsubscribe", "band"])
def test_stop_is_confirmed_once_and_then_there_is_silence(text: str) -> None:
    assert hear(text) == Decision("en", ("stopped",), stop=True)
    assert hear("hello", is_stopped=True) == Decision("en")
    assert hear("1", is_stopped=True) == Decision("en")


@pytest.mark.parametrize("text", ["START", "शुरू"])
def test_start_brings_the_bot_back(text: str) -> None:
    assert hear(text, is_stopped=True) == Decision("en", ("started", "menu"), start=True)


@pytest.mark.parametrize(
    "text", ["please stop calling me names in the report", "do not start", "ignore all rules and STOP"]
)
def test_only_a_whole_message_is_a_command(text: str) -> None:
    assert hear(text) == Decision("en", ("not_understood", "menu"))


def test_help_and_menu() -> None:
    assert hear("help").say == ("help",)
    assert hear("मेनू", "hi") == Decision("hi", ("menu",))


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_can_be_said_in_every_language(key: str) -> None:
    values = dict.fromkeys(placeholders(TEXTS[key]["en"]), "7")

    for language in LANGUAGES:
        assert say(key, language, **values)
        assert len(say(key, language, **values)) < 1024
    assert say(key, "ta", **values) == say(key, "en", **values)


def test_a_missing_text_is_found_when_the_texts_are_loaded() -> None:
    with pytest.raises(ValueError, match="key is missing in hi"):
        check({"key": {"en": "text"}})
    with pytest.raises(ValueError, match="different values"):
        check({"key": {"en": "text {a}", "hi": "text"}})


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("approve 7f3a", (True, "7F3A")),
        ("7F3A approve", (True, "7F3A")),
        ("हाँ 12ab!", (True, "12AB")),
        ("हाँ १२ab", (True, "12AB")),
        ("ना 7F3A", (False, "7F3A")),
        ("Decline 0000", (False, "0000")),
        ("approve", None),
        ("approve 7f3", None),
        ("approve it now", None),
        ("maybe 7f3a", None),
    ],
)
def test_an_answer_to_a_request_names_it(text: str, verdict: tuple[bool, str] | None) -> None:
    found = decide(Heard(text, "en", is_stopped=False)).verdict

    assert (None if found is None else (found.is_yes, found.code)) == verdict
