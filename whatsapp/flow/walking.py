"""Walking through a flow: asking, reading, reading back, going on, back, or elsewhere."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from msmebazaar.core.types import Money
from whatsapp.flow import answers, texts
from whatsapp.flow.answers import Bare, Unreadable
from whatsapp.flow.definitions import EDIT, END, FLOW, FLOWS, AnswerKind, Flow, Step, newest
from whatsapp.flow.texts import say
from whatsapp.flow.types import Bubble, Choice, Host, Outcome, Run
from whatsapp.flow.words import NO, YES, Command, normalised

MOST_WRONG = 3  # the second time options are offered, the third a person
MOST_RECALLED = 6
MONEY = (AnswerKind.MONEY, AnswerKind.SIGNED_MONEY, AnswerKind.MONEY_OR_NONE)
CARRIED = ("said", "business_id")
SYNONYMS = {"yes": YES, "agree": YES, "done": YES, "no": NO, "decline": NO, "nothing": NO}


class Walk:
    """One turn of a run. `run` None afterwards: the flow has ended."""

    def __init__(self, run: Run | None, language: str, host: Host, *, knows_language: bool = False) -> None:
        self.run = run
        self.language = language
        self.host = host
        self.knows_language = knows_language
        self.bubbles: list[Bubble] = []
        self.wants_human = ""

    # --- what the parts of a turn say and know ----------------------------------------------------------------------

    @property
    def at(self) -> Run:
        assert self.run is not None, "the flow has not ended"
        return self.run

    @property
    def flow(self) -> Flow:
        return FLOWS[self.at.flow, self.at.version]

    @property
    def step(self) -> Step:
        return self.flow.steps[self.at.step]

    def say(self, key: str, *, choices: tuple[Choice, ...] = (), **values: str | int) -> None:
        self.bubbles.append(Bubble(say(key, self.language, **values), choices))

    def command(self, command: Command) -> Choice:
        return Choice(f"cmd.{command.value}", say(f"common.{command.value}", self.language))

    # --- asking -----------------------------------------------------------------------------------------------------

    def begin(self, name: str, step: str = "", said: str = "") -> None:
        """A flow from its start or from a step of it; what an earlier one was about is carried along."""
        flow = newest(name)
        carried = {key: self.run.answers[key] for key in CARRIED if self.run and key in self.run.answers}
        self.run = Run(flow.name, flow.version, step or flow.start, {**carried, **({"said": said} if said else {})})
        self.ask()

    def go(self, target: str) -> None:
        """On to a step, another flow, the list of what can be edited, or the end."""
        if target == END:
            self.run = None
        elif target == EDIT:
            self.offer_edit()
        elif target.startswith(FLOW):
            name, _, step = target.removeprefix(FLOW).partition(".")
            self.begin(name, step)
        else:
            self.run = replace(self.at, step=target, wrong=0, mode="", pending="")
            self.ask()

    def ask(self) -> None:
        """Ask the present step, unless its answer is known, or there is only one, or nothing to choose from."""
        step = self.step
        known = self.host.known(step.known, self.at) if step.known else None
        if step.action == "take_language" and self.knows_language:
            known = self.language
        if known is not None and not self.at.return_to:
            run = self.at.with_answer(step.key, known)
            trail = (*(key for key in run.trail if key != step.key), step.key) if step.edits else run.trail
            self.run = replace(run, trail=trail)
            self.go(step.after(known))
            return
        found = self.host.options(step.options_from, self.at, self.language) if step.options_from else []
        if step.when_empty and not found:
            self.say(self.flow.text(step.key, "empty"))
            self.go(step.when_empty)
            return
        if step.takes_only_one and len(found) == 1:
            self.take(found[0].id, whole_label(found[0]))
            return
        self.bubbles.append(Bubble(self.question(), self.choices(found)))

    def question(self) -> str:
        step = self.step
        key = self.flow.text(step.key)
        wanted = texts.CATALOGUES["en"].placeholders(key)
        values = {name: self.host.fact(name, self.at, self.language) for name in wanted}
        progress = self.flow.progress(step.key)
        counted = f"({progress[0]}/{progress[1]}) " if progress and not self.at.return_to else ""
        return counted + say(key, self.language, **values)

    def choices(self, found: list[Choice] | None = None) -> tuple[Choice, ...]:
        """The options of the present step as they are tapped: their ids name flow, version and step."""
        step = self.step
        if found is None:
            found = self.host.options(step.options_from, self.at, self.language) if step.options_from else []
        own = [Choice(option, say(self.flow.text(step.key, option), self.language)) for option in step.options]
        if step.is_optional:
            own.append(Choice("skip", say("common.skip", self.language)))
        return tuple(replace(choice, id=self.wire(choice.id)) for choice in [*found, *own])

    def wire(self, option: str) -> str:
        return f"{self.at.flow}.{self.at.version}.{self.at.step}.{option}"

    def ask_again(self) -> None:
        """The same question once more, in whatever state it is."""
        if self.at.mode == "confirm":
            self.read_back(Decimal(self.at.pending))
        elif self.at.mode == "unit":
            self.ask_unit(Decimal(self.at.pending))
        else:
            self.run = replace(self.at, mode="")
            self.bubbles.append(Bubble(self.question(), self.choices()))

    # --- answers ----------------------------------------------------------------------------------------------------

    def hear(self, text: str, option: str = "") -> None:
        """An answer to the present question: an option that was tapped, or words."""
        handle = {"confirm": self.hear_confirmation, "unit": self.hear_unit, "edit": self.hear_edit}.get(
            self.at.mode, self.hear_answer
        )
        handle(text, option)

    def hear_answer(self, text: str, option: str) -> None:
        chosen = self.find(option, text)
        if chosen is not None:
            value = chosen.id.removeprefix(self.wire(""))
            if value == "skip":
                self.skip()
            elif self.step.answer is AnswerKind.FILES:
                self.take(self.at.answers.get(self.step.key, []))
            else:
                self.take(value, whole_label(chosen))
            return
        try:
            value = answers.read(self.step.answer, text)
        except Unreadable as why:
            self.wrong(self.host.worded(why.fault, self.language) if why.fault else say(why.key, self.language))
            return
        if isinstance(value, Bare):
            self.ask_unit(value.number)
        elif self.step.is_confirmed and Decimal(value):
            self.read_back(Decimal(value))
        else:
            self.take(value)

    def offers(self, text: str) -> bool:
        """Whether these words are the label of something that can be tapped now; then they are no command."""
        word = normalised(text)
        if self.at.mode == "confirm":
            return word == normalised(say("common.change", self.language))
        chosen = self.find("", text) if not self.at.mode else None
        return chosen is not None and chosen.id != self.wire("skip")

    def find(self, option: str, text: str) -> Choice | None:
        """The option that was tapped, or whose label, or a word that means it, was written."""
        word = normalised(text)
        offered = self.choices() if self.step.options or self.step.options_from or self.step.is_optional else ()
        for choice in offered:
            name = choice.id.removeprefix(self.wire(""))
            is_said = word != "" and (
                word in (normalised(choice.label), name) or word in SYNONYMS.get(name, frozenset())
            )
            if choice.id == option or (not option and is_said):
                return choice
        return None

    def take(self, value: Any, label: str = "") -> None:
        """Keep an answer, carry out what hangs on it, go on."""
        step, before = self.step, self.at
        kept = before.with_answer(step.key, value, label)
        outcome = self.host.carry_out(step.action, kept, self.language) if step.action else Outcome()
        if outcome.is_refused:
            self.run = before
            self.wrong("", outcome.bubbles)
            return
        self.language = outcome.language or self.language
        self.bubbles += outcome.bubbles
        trail = (*(key for key in kept.trail if key != step.key), step.key)
        self.run = replace(kept, answers={**kept.answers, **outcome.answers}, trail=trail, wrong=0, mode="", pending="")
        target = self.following(outcome.goto or step.after(value))
        goodbye = f"{before.flow}.said.{value}"
        if target == END and not outcome.bubbles and texts.has(goodbye):
            self.say(goodbye)
        self.go(target)

    def following(self, target: str) -> str:
        """After an edit, back to where it was asked for, once what hangs on the edited answer is asked too."""
        back = self.at.return_to
        if not back or (target in self.flow.steps and self.flow.steps[target].follows):
            return target
        self.run = replace(self.at, return_to="")
        return back

    def take_files(self, files: tuple[str, ...]) -> None:
        """More files for the present step; it goes on when they say that it was all."""
        outcome = self.host.act("keep_files", ",".join(files), self.language, self.at)
        if outcome.is_refused:
            self.bubbles += outcome.bubbles
            self.ask_again()
            return
        kept = [*self.at.answers.get(self.step.key, []), *files]
        self.run = replace(self.at.with_answer(self.step.key, kept), wrong=0)
        self.say("common.got_files", choices=self.choices(), count=len(kept))

    def wrong(self, why: str, said: tuple[Bubble, ...] = ()) -> None:
        """Say what is wrong; the second time what else there is, the third time hand over to a person."""
        self.run = replace(self.at, wrong=self.at.wrong + 1)
        self.bubbles += said or (Bubble(why),)
        if self.at.wrong >= MOST_WRONG:
            self.run = replace(self.at, wrong=0)
            self.wants_human = "stuck"
        elif self.at.wrong == MOST_WRONG - 1:
            ways = (Command.BACK, Command.HUMAN, Command.MENU)
            optional = (self.command(Command.SKIP),) if self.step.is_optional else ()
            example = self.flow.text(self.step.key, "help")
            if texts.has(example):
                self.say(example)
            self.say("common.stuck", choices=(*optional, *map(self.command, ways)))
        else:
            self.bubbles.append(Bubble(self.question(), self.choices()))

    # --- amounts ----------------------------------------------------------------------------------------------------

    def ask_unit(self, number: Decimal) -> None:
        self.run = replace(self.at, mode="unit", pending=str(number))
        choices = tuple(
            Choice(self.wire(f"unit-{name}"), Money(amount).short(self.language))
            for name, amount in Bare(number).readings().items()
        )
        self.say("common.which_unit", choices=choices, number=f"{number:f}")

    def hear_unit(self, text: str, option: str) -> None:
        readings = Bare(Decimal(self.at.pending)).readings()
        word = normalised(text)
        for name, amount in readings.items():
            unit = {"lakh": ("lakh", "लाख"), "crore": ("crore", "cr", "करोड़", "करोड़"), "rupees": ("rupees", "रुपये")}[
                name
            ]
            if option == self.wire(f"unit-{name}") or word in (*unit, normalised(Money(amount).short(self.language))):
                self.run = replace(self.at, mode="", pending="")
                self.take(str(Money(amount)))
                return
        self.start_over_with(text)

    def read_back(self, amount: Decimal) -> None:
        self.run = replace(self.at, mode="confirm", pending=str(amount))
        money = Money(amount)
        choices = (
            Choice(self.wire("sure-yes"), say("common.yes", self.language)),
            Choice(self.wire("sure-no"), say("common.change", self.language)),
        )
        words = money.in_words(texts.product_language(self.language))
        short = money.short(texts.product_language(self.language))
        self.say("common.read_back", choices=choices, amount=short, words=words)

    def hear_confirmation(self, text: str, option: str) -> None:
        word = normalised(text)
        if option == self.wire("sure-yes") or (
            not option and word in YES | {normalised(say("common.yes", self.language))}
        ):
            amount = self.at.pending
            self.run = replace(self.at, mode="", pending="")
            self.take(str(Money(Decimal(amount))))
        elif option == self.wire("sure-no") or word in NO | {normalised(say("common.change", self.language))}:
            self.run = replace(self.at, mode="", pending="")
            self.bubbles.append(Bubble(self.question(), self.choices()))
        else:
            self.start_over_with(text)

    def start_over_with(self, text: str) -> None:
        """Instead of yes or no they wrote the answer anew."""
        self.run = replace(self.at, mode="", pending="")
        self.hear_answer(text, "")

    # --- other ways to go -------------------------------------------------------------------------------------------

    def back(self) -> None:
        if not self.at.trail:
            self.say("common.nothing_before")
            self.ask_again()
            return
        *trail, last = self.at.trail
        self.run = replace(self.at, trail=tuple(trail), step=last, wrong=0, mode="", pending="", return_to="")
        self.bubbles.append(Bubble(self.question(), self.choices()))

    def skip(self) -> None:
        if not self.step.is_optional:
            self.say("common.cannot_skip")
            self.ask_again()
            return
        step, answered = self.step, dict(self.at.answers)
        answered.pop(step.key, None)
        self.run = replace(self.at, answers=answered)
        outcome = self.host.carry_out(step.action, self.at, self.language) if step.action else Outcome()
        if outcome.is_refused:
            self.wrong("", outcome.bubbles)
            return
        self.bubbles += outcome.bubbles
        trail = (*(key for key in self.at.trail if key != step.key), step.key)
        self.run = replace(self.at, answers={**self.at.answers, **outcome.answers}, trail=trail, mode="", pending="")
        self.go(self.following(outcome.goto or step.after("")))

    def offer_edit(self) -> None:
        can = [key for key in self.at.trail if self.flow.steps[key].edits]
        if not can:
            self.say("common.nothing_before")
            self.ask_again()
            return
        choices = tuple(
            Choice(self.wire(f"edit-{key}"), say(self.flow.text(key, "label"), self.language), self.told(key))
            for key in can
        )
        self.run = replace(self.at, mode="edit", return_to=self.at.step)
        self.say("common.edit_which", choices=choices)

    def hear_edit(self, text: str, option: str) -> None:
        word = normalised(text)
        for key in self.at.trail:
            label = normalised(say(self.flow.text(key, "label"), self.language)) if self.flow.steps[key].edits else None
            if label and (option == self.wire(f"edit-{key}") or word == label):
                self.run = replace(self.at, step=key, mode="", wrong=0)
                self.bubbles.append(Bubble(self.question(), self.choices()))
                return
        self.run = replace(self.at, step=self.at.return_to or self.at.step, mode="", return_to="")
        self.say("common.pick_one")
        self.ask_again()

    def help(self) -> None:
        key = self.flow.text(self.step.key, "help")
        self.say(key if texts.has(key) else "common.help_text")
        self.ask_again()

    # --- reading back -----------------------------------------------------------------------------------------------

    def told(self, key: str) -> str:
        """An answer as it is read back."""
        return told(self.flow.steps[key], self.at, self.language)

    def recap(self) -> None:
        """What they told before, after a pause; nothing where there is nothing to tell."""
        rows = summary(self.at, self.language, most=MOST_RECALLED)
        if rows:
            self.say("common.recap", summary=rows)


def whole_label(choice: Choice) -> str:
    """What a choice is called; where its label was cut for a list, the description has the whole."""
    return choice.description if choice.label.endswith("…") and choice.description else choice.label


def told(step: Step, run: Run, language: str) -> str:
    value = run.answers.get(step.key)
    if step.key in run.labels:
        return run.labels[step.key]
    if value is None:
        return "–"
    if step.answer in MONEY:
        return Money(Decimal(value)).short(texts.product_language(language))
    if step.answer is AnswerKind.FILES:
        return str(len(value))
    return str(value)


def summary(run: Run, language: str, *, most: int = 30) -> str:
    """`• label: value` for what was answered, the last `most` of them, in the order of the flow."""
    flow = FLOWS[run.flow, run.version]
    keys = [
        key
        for key, step in flow.steps.items()
        if step.edits and step.in_summary and key in run.trail and key in run.answers
    ]
    return "\n".join(
        f"• {say(flow.text(key, 'label'), language)}: {told(flow.steps[key], run, language)}" for key in keys[-most:]
    )


def is_known(run: Run | None) -> bool:
    """Whether the flow and step of a run still exist."""
    flow = FLOWS.get((run.flow, run.version)) if run else None
    return flow is not None and run is not None and run.step in flow.steps
