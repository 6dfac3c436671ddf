"""Flows as data: `flows/<name>.<version>.toml`, read and checked when the package is loaded.

A contact who began a flow stays on its version, so a file that people may be in the middle of is never edited beyond its
texts; a change of steps is a new file. What the host has to bring (actions, sources, facts) is named here and nowhere else.
"""

import enum
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whatsapp.flow.texts import CATALOGUES, Catalogue

FOLDER = Path(__file__).parent / "flows"
END, EDIT, FLOW, ANY = "end", "edit", "flow:", "*"
# What a flow may ask of the product; `whatsapp.services` has one function for each, and a test compares.
ACTIONS = frozenset(
    [
        "take_language",
        "take_consent",
        "take_name",
        "check_identifier",
        "find_trades",
        "save_business",
        "save_figures",
        "finish",
        "request_valuation",
        "move_listing",
        "reprice",
        "understand_wish",
        "create_mandate",
        "ask_for_copy",
        "ask_for_correction",
        "file_complaint",
        "switch_consent",
        "erase_everything",
    ]
)
SOURCES = frozenset(["languages", "constitutions", "trades", "businesses", "listings", "listing_moves", "consents"])
FACTS = frozenset(["notice", "year", "summary", "listing", "wish", "name"])
KNOWN = frozenset(["consent", "name", "constitution", "interest", "tax", "wish", "most", "least"])
# What may be asked for outside of flows: cards of matches, and what is done with one.
ACTS = frozenset(["matches", "approve", "decline", "ask", "pass", "keep_files"])


class AnswerKind(enum.StrEnum):
    """What a step takes for an answer, and so what is stored: text, an option's id, rupees as a decimal string, files."""

    CHOICE = "choice"
    TEXT = "text"
    IDENTIFIER = "identifier"
    PINCODE = "pincode"
    MONEY = "money"
    SIGNED_MONEY = "signed_money"
    MONEY_OR_NONE = "money_or_none"
    FILES = "files"


class FlowFault(ValueError):
    """A flow that cannot be walked, or whose words are missing."""


@dataclass(frozen=True)
class Step:
    """One question.

    Attributes:
        next: the step that follows, or one by option (`*`: any other); `end`, `edit`, or `flow:<name>[.<step>]`.
        options_from: a source of options that the host knows, shown before `options`.
        known: a fact which, when the host has it, answers the step without asking.
        is_confirmed: an amount is read back in words before it counts.
        takes_only_one: a single option is taken without asking. `when_empty`: where to go when the source has none.
        counts: part of "question 3 of 12". `edits`: can be changed later by EDIT. `in_summary`: told when all is read back.
        follows: hangs on the step before, and is asked again when that is edited.
    """

    key: str
    answer: AnswerKind
    next: str | Mapping[str, str]
    options: tuple[str, ...] = ()
    options_from: str = ""
    action: str = ""
    known: str = ""
    is_optional: bool = False
    is_confirmed: bool = False
    takes_only_one: bool = False
    when_empty: str = ""
    counts: bool = True
    edits: bool = True
    in_summary: bool = True
    follows: bool = False

    def after(self, value: Any) -> str:
        """Where an answer leads; a skipped step goes where any other answer would."""
        if isinstance(self.next, str):
            return self.next
        return self.next.get(str(value), self.next.get(ANY, END))

    def targets(self) -> list[str]:
        found = [self.next] if isinstance(self.next, str) else list(self.next.values())
        return [*found, *([self.when_empty] if self.when_empty else [])]


@dataclass(frozen=True)
class Flow:
    name: str
    version: int
    start: str
    steps: Mapping[str, Step] = field(default_factory=dict)

    def text(self, step: str, what: str = "ask") -> str:
        """The key of a text of a step: `ask`, `help`, `label`, or an option's id."""
        return f"{self.name}.{step}.{what}"

    def progress(self, step: str) -> tuple[int, int] | None:
        """`(3, 12)`: which question this is of how many; None where it does not count."""
        counted = [key for key, each in self.steps.items() if each.counts]
        return (counted.index(step) + 1, len(counted)) if step in counted and len(counted) > 2 else None


def read(content: Mapping[str, Any]) -> Flow:
    """A flow from its file's content. FlowFault when a field is unknown or of the wrong kind."""
    steps = {}
    for key, given in content["steps"].items():
        try:
            known = {**given, "answer": AnswerKind(given["answer"]), "options": tuple(given.get("options", ()))}
            steps[key] = Step(key=key, **known)
        except (TypeError, ValueError, KeyError) as error:
            raise FlowFault(f"{content['name']}.{key}: {error}") from error
    return Flow(content["name"], content["version"], content["start"], steps)


def check(flow: Flow, flows: Iterable[Flow], catalogues: Iterable[Catalogue]) -> None:
    """Raise FlowFault naming the first step that cannot be reached, leads nowhere, or lacks a word."""
    others = {other.name: other for other in flows}
    where = f"{flow.name} {flow.version}"
    if flow.start not in flow.steps:
        raise FlowFault(f"{where} starts at {flow.start}, which is no step")
    for step in flow.steps.values():
        for target in step.targets():
            name, _, entry = target.removeprefix(FLOW).partition(".")
            is_there = (
                name in others and (not entry or entry in others[name].steps)
                if target.startswith(FLOW)
                else target in flow.steps or target in (END, EDIT)
            )
            if not is_there:
                raise FlowFault(f"{where}: {step.key} leads to {target}, which does not exist")
        for name, allowed in (
            (step.action, ACTIONS),
            (step.options_from, SOURCES),
            (step.known, KNOWN),
        ):
            if name and name not in allowed:
                raise FlowFault(f"{where}: {step.key} asks for {name}, which nobody brings")
        if step.answer is AnswerKind.CHOICE and not (step.options or step.options_from):
            raise FlowFault(f"{where}: {step.key} is a choice without options")
        for option in {} if isinstance(step.next, str) else step.next:
            if option != ANY and option not in step.options and not step.options_from:
                raise FlowFault(f"{where}: {step.key} has no option {option}")
    lost = set(flow.steps) - _reachable(flow)
    if lost:
        raise FlowFault(f"{where}: nothing leads to {', '.join(sorted(lost))}")
    for catalogue in catalogues:
        _check_words(flow, catalogue)


def _reachable(flow: Flow) -> set[str]:
    found: set[str] = set()
    waiting = [flow.start]
    while waiting:
        key = waiting.pop()
        if key in flow.steps and key not in found:
            found.add(key)
            waiting += flow.steps[key].targets()
    return found


def _check_words(flow: Flow, catalogue: Catalogue) -> None:
    """Every question and option of a flow that a language claims to have."""
    if flow.name not in catalogue.complete:
        return
    for step in flow.steps.values():
        wanted = [flow.text(step.key), *(flow.text(step.key, option) for option in step.options)]
        if step.edits:
            wanted.append(flow.text(step.key, "label"))
        for key in wanted:
            if key not in catalogue.texts:
                raise FlowFault(f"{flow.name} {flow.version} has no {key} in {catalogue.language}")
        foreign = catalogue.placeholders(flow.text(step.key)) - FACTS
        if foreign:
            raise FlowFault(f"{flow.text(step.key)} in {catalogue.language} wants {', '.join(sorted(foreign))}")


def load(folder: Path = FOLDER) -> dict[tuple[str, int], Flow]:
    flows = [read(tomllib.loads(path.read_text())) for path in sorted(folder.glob("*.toml"))]
    for flow in flows:
        check(flow, flows, CATALOGUES.values())
    return {(flow.name, flow.version): flow for flow in flows}


FLOWS = load()


def newest(name: str) -> Flow:
    """The version that those get who begin now."""
    return max((flow for flow in FLOWS.values() if flow.name == name), key=lambda flow: flow.version)
