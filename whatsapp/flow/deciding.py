"""From a message to a decision: what to say, what to remember. The same message, memory and host always give the same."""

from dataclasses import replace

from whatsapp.flow.definitions import AnswerKind
from whatsapp.flow.texts import CATALOGUES, OFFERED, say
from whatsapp.flow.types import Bubble, Choice, Decision, Dialogue, Heard, Host, Outcome, Run
from whatsapp.flow.walking import MONEY, Walk, is_known
from whatsapp.flow.words import (
    GREETINGS,
    LANGUAGE_NAMES,
    NO,
    YES,
    Command,
    command_in,
    intent_in,
    language_of,
    normalised,
    verdict_in,
)

RECAP_AFTER_H = 6
FORGOTTEN_AFTER_H = 30 * 24
# The menu, in order; `matches` is said at once, the others are flows or commands.
MENU = ("value", "listing", "matches", "onboard", "mandate", "rights", "language", "human")
COMMAND_NAMES = frozenset(command.value for command in Command)
FLOWS_OF_MENU = frozenset({"value", "listing", "onboard", "mandate", "rights"})
INTENTS = FLOWS_OF_MENU | {"matches"}


def decide(dialogue: Dialogue, heard: Heard, host: Host) -> Decision:
    """What to do about a message. Commands come first, then what was tapped, then an answer, then a guess."""
    return _Turn(dialogue, heard, host).decide()


def guessed(dialogue: Dialogue, intent: str, text: str) -> Decision:
    """A language model thinks that a part of the menu was meant: ask, whatever it thinks. Another name is dropped."""
    language = dialogue.language or "en"
    if intent not in INTENTS:
        return Decision(dialogue)
    bubble = Bubble(
        say("common.guess", language, what=say(f"menu.{intent}", language)),
        (Choice("guess.yes", say("common.yes", language)), Choice("guess.no", say("common.no", language))),
    )
    return Decision(replace(dialogue, guess=(intent, text), shown=("guess.yes", "guess.no")), (bubble,))


class _Turn:
    def __init__(self, dialogue: Dialogue, heard: Heard, host: Host) -> None:
        self.before = dialogue
        self.heard = heard
        self.host = host
        self.word = normalised(heard.text)
        is_forgotten = heard.gap_h >= FORGOTTEN_AFTER_H
        keeps = [None if is_forgotten or not is_known(run) else run for run in (dialogue.run, dialogue.parked)]
        self.was_forgotten = dialogue.run is not None and keeps[0] is None
        self.language = dialogue.language or language_of(heard.text)
        self.walk = Walk(keeps[0], self.language, host, knows_language=dialogue.language is not None)
        self.parked = keeps[1]
        self.guess: tuple[str, str] | None = None
        self.is_unclear = False

    def decide(self) -> Decision:
        payload = self._tapped()
        command = None if payload else self._command()
        if command is Command.STOP or payload == "cmd.stop":
            said = (Bubble(say("common.stopped", self.language)),)
            return Decision(replace(self.before, language=self.language, is_stopped=True), said, stop=True)
        if self.before.is_stopped:
            return self._while_stopped(command)
        if self.before.is_with_human:
            return Decision(replace(self.before, language=self.language))
        if self.was_forgotten:
            self.walk.say("common.forgotten")
        elif self.walk.run and self.heard.gap_h >= RECAP_AFTER_H:
            self.walk.recap()
        if self.heard.files:
            self._take_files()
        elif payload:
            self._carry_out_tap(payload)
        elif command:
            self._obey(command)
        else:
            self._hear_words()
        return self._decision()

    def _while_stopped(self, command: Command | None) -> Decision:
        if command is not Command.START:
            return Decision(self.before)
        self.walk.say("common.started")
        self._menu()
        return replace(self._decision(), start=True)

    def _tapped(self) -> str:
        """The id of what was tapped, or of the choice whose number was written; the menu's where nothing else was offered."""
        if self.heard.payload:
            return self.heard.payload
        run = self.walk.run
        is_amount = run is not None and not run.mode and self.walk.step.answer in MONEY
        shown = self.before.shown or (
            () if run or self.before.language is None else tuple(f"menu.{name}" for name in MENU)
        )
        if self.before.shown and self.before.shown[0] in ("guess.yes", "restart.yes") and self.word in YES | NO:
            return self.before.shown[0 if self.word in YES else 1]
        if not is_amount and self.word.isdigit() and 1 <= int(self.word) <= len(shown):
            return shown[int(self.word) - 1]
        return ""

    def _command(self) -> Command | None:
        """A word of command, not where it is an answer (0 for no loans, a label); cancelling nothing is a goodbye."""
        command = command_in(self.heard.text)
        run = self.walk.run
        if run and self.word == "0" and self.walk.step.answer in (AnswerKind.MONEY_OR_NONE, AnswerKind.SIGNED_MONEY):
            return None
        if run and command and command is not Command.STOP and self.walk.offers(self.heard.text):
            return None
        if command is Command.CANCEL:
            return Command.MENU if run else Command.STOP
        if command is Command.START and not self.before.is_stopped:
            return None
        return command

    # --- taps -------------------------------------------------------------------------------------------------------

    def _carry_out_tap(self, payload: str) -> None:
        kind, _, rest = payload.partition(".")
        if kind == "cmd" and rest in COMMAND_NAMES:
            self._obey(Command(rest))
        elif kind == "menu":
            self._open(rest)
        elif kind == "lang":
            self._switch_language(rest)
        elif kind == "guess":
            self._answer_guess(is_yes=rest == "yes")
        elif kind == "restart":
            self._restart(is_sure=rest == "yes")
        elif kind == "act":
            act, _, argument = rest.partition(".")
            self._act(act, argument)
        else:
            self._tap_on_step(payload)

    def _tap_on_step(self, payload: str) -> None:
        """An option of the present step is an answer. One of an earlier step is old: it is told where we are."""
        run = self.walk.run
        if run and payload.startswith(self.walk.wire("")):
            self.walk.hear("", payload)
        elif run:
            self.walk.say("common.old_tap")
            self.walk.ask_again()
        else:
            self.walk.say("common.old_tap_done")
            self._menu()

    # --- commands ---------------------------------------------------------------------------------------------------

    def _obey(self, command: Command) -> None:
        run = self.walk.run
        if command is Command.HUMAN:
            self.walk.wants_human = "asked"
        elif command is Command.LANGUAGE:
            choices = tuple(Choice(f"lang.{code}", CATALOGUES[code].name) for code in OFFERED)
            self.walk.say("common.language_which", choices=choices)
        elif command is Command.CONTINUE:
            self._open("continue")
        elif run and command is Command.BACK:
            self.walk.back()
        elif run and command is Command.SKIP:
            self.walk.skip()
        elif run and command is Command.EDIT:
            self.walk.offer_edit()
        elif run and command is Command.HELP:
            self.walk.help()
        elif run and command is Command.RESTART:
            yes, no = (Choice(f"restart.{word}", say(f"common.{word}", self.language)) for word in ("yes", "no"))
            self.walk.say("common.restart_sure", choices=(yes, no))
        elif command is Command.HELP:
            self.walk.say("common.help_text")
        else:
            self._park()
            self._menu()

    def _restart(self, *, is_sure: bool) -> None:
        if self.walk.run and is_sure:
            self.walk.begin(self.walk.run.flow)
        elif self.walk.run:
            self.walk.ask_again()
        else:
            self._menu()

    def _park(self) -> None:
        """Leave a flow so that it can be gone on with; one in which nothing was said yet is simply left."""
        if self.walk.run and self.walk.run.trail:
            self.parked = self.walk.run
        self.walk.run = None

    def _menu(self) -> None:
        names = [*(["continue"] if self.parked else []), *MENU]
        self.walk.say(
            "menu.ask", choices=tuple(Choice(f"menu.{name}", say(f"menu.{name}", self.language)) for name in names)
        )

    def _open(self, name: str, said: str = "") -> None:
        if name == "continue":
            if self.parked:
                self.walk.run, self.parked = self.parked, None
            if not self.walk.run:
                self._menu()
                return
            self.walk.recap()
            self.walk.ask_again()
        elif name in ("language", "human", "help"):
            self._obey(Command(name))
        elif name == "matches":
            self._act("matches", "")
        elif name in FLOWS_OF_MENU:
            self._park()
            has_agreed = self.host.known("consent", Run(name, 0, "")) is not None
            self.walk.begin(name if has_agreed or name != "mandate" else "onboard", said=said)
        else:
            self._menu()

    def _switch_language(self, code: str) -> None:
        if code in OFFERED:
            self.language = self.walk.language = code
            self.walk.say("common.language_set")
        if self.walk.run:
            self.walk.ask_again()
        else:
            self._menu()

    def _act(self, act: str, argument: str) -> None:
        outcome: Outcome = self.host.act(act, argument, self.language, self.walk.run)
        self.walk.bubbles += outcome.bubbles
        if outcome.goto:
            self._park()
            self.walk.go(outcome.goto)

    # --- words ------------------------------------------------------------------------------------------------------

    def _hear_words(self) -> None:
        verdict = verdict_in(self.heard.text)
        named = LANGUAGE_NAMES.get(self.word)
        is_first = self.before.language is None
        if verdict:
            self._act("approve" if verdict[0] else "decline", verdict[1])
        elif named and self.walk.run and self.walk.step.action == "take_language":
            self.walk.hear("", self.walk.wire(named))
        elif named:
            self._switch_language(named)
        elif self.walk.run:
            if self.word in GREETINGS:
                self.walk.ask_again()
            else:
                self.walk.hear(self.heard.text)
        elif is_first and self.heard.is_stranger:
            self.walk.say("common.greeting")
            self.walk.begin("onboard")
        elif is_first or self.word in GREETINGS:
            self.walk.say("common.greeting")
            self._menu()
        else:
            self._guess()

    def _guess(self) -> None:
        """Free text beside any question: a label of the menu is a choice, a telling word a question back."""
        for name in MENU:
            if self.word in (normalised(say(f"menu.{name}", self.language)), name):
                self._open(name)
                return
        intent = intent_in(self.heard.text)
        if intent is not None and " " not in self.word:
            self._open(intent)
        elif intent is not None:
            decision = guessed(replace(self.before, language=self.language), intent, self.heard.text)
            self.guess = decision.dialogue.guess
            self.walk.bubbles += decision.bubbles
        else:
            self.is_unclear = bool(self.word)
            self.walk.say("common.not_understood")
            self._menu()

    def _answer_guess(self, *, is_yes: bool) -> None:
        if self.before.guess and is_yes:
            self._open(self.before.guess[0], self.before.guess[1])
        else:
            self._menu()

    # --- files, and the end of it -----------------------------------------------------------------------------------

    def _take_files(self) -> None:
        if self.walk.run and self.walk.step.answer is AnswerKind.FILES:
            self.walk.take_files(self.heard.files)
            return
        outcome = self.host.act("keep_files", ",".join(self.heard.files), self.language, self.walk.run)
        self.walk.bubbles += outcome.bubbles
        if self.walk.run:
            self.walk.ask_again()

    def _decision(self) -> Decision:
        self.language = self.walk.language
        if self.walk.wants_human:
            self.walk.say("common.human_opened")
        elif self.before.run and not self.walk.run and self.parked and not self._shows_menu():
            self.walk.say("common.parked", choices=(Choice("menu.continue", say("menu.continue", self.language)),))
        last = self.walk.bubbles[-1].choices if self.walk.bubbles else ()
        after = Dialogue(
            language=self.language,
            is_with_human=bool(self.walk.wants_human),
            run=self.walk.run,
            parked=self.parked,
            shown=tuple(choice.id for choice in last),
            guess=self.guess,
        )
        return Decision(after, tuple(self.walk.bubbles), wants_human=self.walk.wants_human, is_unclear=self.is_unclear)

    def _shows_menu(self) -> bool:
        return any(choice.id.startswith("menu.") for bubble in self.walk.bubbles for choice in bubble.choices)
