"""Whole conversations, word for word, over the real stack: signed webhook, outbox, SDK. A person reads `transcripts/*.txt`.

A line that begins with `>` is the person's: text, `[a label]` to tap, `(photo)` to send. `> x3 …` delivers the webhook three
times, `~ 26 h` lets hours pass, `> old …` taps something of before by its id. Lines with `<` are ours. `GOLDEN=write make test
TESTS=tests/whatsapp/test_transcripts.py` writes them anew; the difference is then read and committed.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import Identity
from msmebazaar.core import clock
from tests.msme import files
from tests.whatsapp.handset import WEBHOOK, Handset, Shown, form, post, standin
from whatsapp import services
from whatsapp.services.simulating import let_time_pass

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
VARIABLE = [
    (re.compile(r"/m/[\w-]+/"), "/m/…/"),
    (re.compile(r"/v/[\w-]+/"), "/v/…/"),
    (re.compile(r"\b\d{2}-\d{2}-20\d{2}\b"), "<a day>"),  # a deadline counts from today
]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_market_data")]


def rendered(shown: list[Shown]) -> list[str]:
    """Our messages as lines, each message set apart by a rule where there are several."""
    lines: list[str] = []
    for number, message in enumerate(shown):
        text = message.text + (f"\n({message.media_url})" if message.media_url else "")
        for pattern, instead in VARIABLE:
            text = pattern.sub(instead, text)
        lines += ["<--"] if number else []
        lines += [f"< {line}".rstrip() for line in text.splitlines()]
    return lines


def play(handset: Handset, line: str, drain: Callable[[], int]) -> list[str]:
    """Do what a line of the person's says; what came back."""
    what = line.removeprefix(">").strip()
    if line.startswith("~"):
        hours = float(line.removeprefix("~").replace("h", "").strip())
        standin("pass-time", From=handset.address, hours=str(hours))
        let_time_pass(address=handset.address, hours=hours)
        for _ in range(4):  # beat asks every minute; each round sends what is due now
            services.nudge(now=clock.now())
        drain()
        return rendered(handset.new())
    if what.startswith("x3 "):
        content = form(handset.address, what.removeprefix("x3 "))
        for _ in range(3):
            assert post(WEBHOOK, content).status_code == 200
        drain()
        return rendered(handset.new())
    if what.startswith("old "):
        return rendered(handset.write("(tapped)", ButtonPayload=what.removeprefix("old ")))
    if what == "(photo)":
        return rendered(handset.send_file(files.picture(), "image/jpeg"))
    tapped = re.fullmatch(r"\[(.+)\]", what)
    return rendered(handset.tap(tapped[1]) if tapped else handset.write(what))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_is_written(path: Path, handset: Handset, drain: Callable[[], int]) -> None:
    written = path.read_text().splitlines()
    happened = []
    for line in written:
        if line.startswith(("#", ">", "~")) or not line.strip():
            happened.append(line)
        if line.startswith((">", "~")):
            happened += play(handset, line, drain)
    if os.environ.get("GOLDEN") == "write":
        path.write_text("\n".join(happened) + "\n")
        return

    assert "\n".join(happened) == "\n".join(written)


def test_there_are_conversations_in_both_languages_and_mixed() -> None:
    assert {path.stem.split("-")[0] for path in TRANSCRIPTS} >= {"en", "hi", "hinglish", "mr", "ta"}


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_no_conversation_shows_what_only_programs_say(path: Path) -> None:
    """No key of a text, no placeholder, no null where a person reads."""
    ours = "\n".join(line for line in path.read_text().splitlines() if line.startswith("<"))

    assert not re.search(r"\{\w+\}|\bNone\b(?! of)|null|common\.|onboard\.|Traceback", ours)
    assert Identity.objects.count() == 0
