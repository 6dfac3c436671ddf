"""What the engine takes and gives: plain values that can be kept as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from msmebazaar.core.exceptions import InvalidValue


@dataclass(frozen=True)
class Choice:
    """One thing to tap. `id` comes back when it is; where nothing can be tapped, its number or label is written."""

    id: str
    label: str
    description: str = ""


@dataclass(frozen=True)
class Bubble:
    """One message to say. `attachment` names a file of the host's, which goes out beside the text."""

    text: str
    choices: tuple[Choice, ...] = ()
    attachment: str = ""


@dataclass(frozen=True)
class Run:
    """Where somebody is in a flow.

    Attributes:
        answers: by step, as `answers.read` gives them; besides, facts that actions found.
        labels: what a chosen option was called, for reading back.
        trail: steps answered, in order; BACK goes along it.
        wrong: how often the present question was answered with something unreadable.
        mode: "" while a step is asked; `confirm` and `unit` while `pending` is read back; `edit`, `restart` while that is asked.
        return_to: the step to go on with after an edit.
    """

    flow: str
    version: int
    step: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    wrong: int = 0
    mode: str = ""
    pending: str = ""
    return_to: str = ""

    def with_answer(self, step: str, value: Any, label: str = "") -> "Run":
        labels = {key: text for key, text in self.labels.items() if key != step} | ({step: label} if label else {})
        return replace(self, answers={**self.answers, step: value}, labels=labels)


@dataclass(frozen=True)
class Dialogue:
    """What is remembered of a conversation.

    Attributes:
        language: None: they never wrote before.
        parked: a run that was left for the menu or for another flow, and can be gone on with.
        shown: ids of the choices of the last message, which numbers refer to.
        guess: a part of the menu that was taken from free text and waits for a yes, and that text.
    """

    language: str | None = None
    is_stopped: bool = False
    is_with_human: bool = False
    run: Run | None = None
    parked: Run | None = None
    shown: tuple[str, ...] = ()
    guess: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Dialogue":
        def run(given: Mapping[str, Any] | None) -> Run | None:
            return Run(**{**given, "trail": tuple(given["trail"])}) if given else None

        guess = content["guess"]
        return cls(
            **{
                **content,
                "run": run(content["run"]),
                "parked": run(content["parked"]),
                "shown": tuple(content["shown"]),
                "guess": (guess[0], guess[1]) if guess else None,
            }
        )


@dataclass(frozen=True)
class Heard:
    """A message. `payload`: what was tapped; `files`: ids of what was sent; `gap_h`: hours since they last wrote."""

    text: str = ""
    payload: str = ""
    files: tuple[str, ...] = ()
    gap_h: float = 0
    is_stranger: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of an action.

    Attributes:
        is_refused: the answer does not stand; `bubbles` say why, and the step is asked again.
        goto: where to go instead of the step's own `next`.
        answers: facts to keep beside the answers.
        language: the conversation's from now on.
    """

    bubbles: tuple[Bubble, ...] = ()
    goto: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    is_refused: bool = False
    language: str = ""


class Host(Protocol):
    """What the engine needs of the product. Every call gets the language to speak in."""

    def options(self, source: str, run: Run, language: str) -> list[Choice]: ...

    def carry_out(self, action: str, run: Run, language: str) -> Outcome: ...

    def act(self, act: str, argument: str, language: str, run: Run | None) -> Outcome: ...

    def known(self, fact: str, run: Run) -> str | None: ...

    def fact(self, name: str, run: Run, language: str) -> str: ...

    def worded(self, fault: InvalidValue, language: str) -> str: ...


@dataclass(frozen=True)
class Decision:
    """What to say and remember. `wants_human`: "", or why: `asked`, `stuck`. `is_unclear`: a language model
    may be asked what was meant, with the same message."""

    dialogue: Dialogue
    bubbles: tuple[Bubble, ...] = ()
    stop: bool = False
    start: bool = False
    wants_human: str = ""
    is_unclear: bool = False
