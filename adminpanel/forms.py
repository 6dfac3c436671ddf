"""What colleagues fill in."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.types import Language, ProposalKind
from adminpanel.types import BreachKind, SheetFormat
from msmebazaar.core.actor import Duty
from msmebazaar.core.types.states import STATES

LONG = forms.Textarea(attrs={"rows": 4})
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
DUTY_NAMES = {
    Duty.REVIEW: _("Review"),
    Duty.VALUATION: _("Valuation"),
    Duty.CHAT: _("Chat"),
    Duty.PRIVACY: _("Privacy"),
    Duty.OPERATIONS: _("Operations"),
    Duty.REPORTS: _("Reports"),
    Duty.STAFFING: _("Staffing"),
}


class ActForm(forms.Form):
    """An act on an item of a queue; which fields it needs is the act's own affair (`adminpanel.acts`)."""

    act = forms.CharField(max_length=30)
    reason = forms.CharField(max_length=30, required=False)
    text = forms.CharField(max_length=4000, required=False)
    keep = forms.UUIDField(required=False)


class BulkForm(ActForm):
    items = forms.TypedMultipleChoiceField(coerce=str, required=True)
    step = forms.ChoiceField(choices=[("preview", ""), ("carry_out", "")])

    def __init__(self, *args: Any, offered: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["items"].choices = [(item, item) for item in offered]  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    text = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), label=_("What is to be done"))
    due_at = forms.DateTimeField(widget=MOMENT, label=_("Until"))
    owner = forms.UUIDField(required=False, widget=forms.Select, label=_("By"))


class PersonAct(forms.Form):
    """What can be asked for about a person, each with a reason."""

    act = forms.ChoiceField(
        choices=[("look", ""), (ProposalKind.EXPORT.value, ""), (ProposalKind.ERASURE.value, ""), ("merge", "")]
    )
    reason = forms.CharField(max_length=500, min_length=5, required=False, widget=LONG, label=_("Reason"))
    other = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        wanted = "other" if given.get("act") == "merge" else "reason"
        if not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, _("This is needed."))
        return given


class DutiesForm(forms.Form):
    duties = forms.MultipleChoiceField(
        choices=[(duty.value, name) for duty, name in DUTY_NAMES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Duties"),
    )
    regions = forms.MultipleChoiceField(
        choices=[(state.letters, state.name_en) for state in STATES],
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        label=_("States; none: the whole country"),
    )
    languages = forms.MultipleChoiceField(
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Languages; none: any"),
    )
    reason = forms.CharField(max_length=500, min_length=5, widget=LONG, label=_("Reason"))


class HireForm(forms.Form):
    username = forms.RegexField(r"^[a-z][a-z0-9._-]{2,59}$", label=_("User name"))


class ViewForm(forms.Form):
    model = forms.CharField(max_length=80)
    query = forms.CharField(max_length=1000, required=False)
    name = forms.CharField(max_length=60)
    is_shared = forms.BooleanField(required=False)


class SheetForm(forms.Form):
    model = forms.CharField(max_length=80)
    query = forms.CharField(max_length=1000, required=False)
    format = forms.ChoiceField(choices=SheetFormat.choices)


class BreachForm(forms.Form):
    title = forms.CharField(max_length=120, label=_("Title"))
    kind = forms.ChoiceField(choices=BreachKind.choices, label=_("Kind"))
    what_happened = forms.CharField(max_length=8000, widget=LONG, label=_("What happened"))
    happened_from = forms.DateTimeField(widget=MOMENT, label=_("From"))
    happened_until = forms.DateTimeField(widget=MOMENT, label=_("Until"))
    known_at = forms.DateTimeField(widget=MOMENT, label=_("Known to us since"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("happened_from"), given.get("happened_until")
        if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
            self.add_error("happened_until", _("The end lies before the beginning."))
        return given


class BreachFacts(forms.Form):
    what_happened = forms.CharField(max_length=8000, widget=LONG, label=_("What happened"))
    consequences = forms.CharField(max_length=8000, required=False, widget=LONG, label=_("Likely consequences"))
    measures = forms.CharField(max_length=8000, required=False, widget=LONG, label=_("Measures taken and planned"))


class AffectedForm(forms.Form):
    """People by their ids, one a line, or everybody whom an account of staff touched between two moments."""

    ids = forms.CharField(max_length=200_000, required=False, widget=LONG, label=_("Ids of people"))
    username = forms.CharField(max_length=60, required=False, label=_("Account of staff"))
    since = forms.DateTimeField(required=False, widget=MOMENT, label=_("From"))
    until = forms.DateTimeField(required=False, widget=MOMENT, label=_("Until"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("username"):
            for name in ("since", "until"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed."))
        elif not given.get("ids"):
            self.add_error("ids", _("This is needed."))
        return given


class ValuationDecision(forms.Form):
    """What a colleague does about a valuation; each decision needs its own fields."""

    NEEDED = {
        "rerun": (),
        "propose": ("point_inr", "low80_inr", "high80_inr", "text"),
        "sign_off": ("valuer_name", "registration_number"),
    }

    decision = forms.ChoiceField(choices=[(name, name) for name in NEEDED])
    point_inr = forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=2)
    low80_inr = forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=2)
    high80_inr = forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=2)
    valuer_name = forms.CharField(required=False, max_length=120)
    registration_number = forms.RegexField(
        r"^IBBI/RV(-E)?/\d{2}/\d{4}/\d{5}$",
        required=False,
        error_messages={"invalid": _("A registration number looks like IBBI/RV/06/2019/12345.")},
    )
    text = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in self.NEEDED.get(given.get("decision", ""), ()):
            if given.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("This is needed."))
        ends = [given.get(name) for name in ("low80_inr", "point_inr", "high80_inr")]
        amounts = [amount for amount in ends if amount is not None]
        if given.get("decision") == "propose" and amounts != sorted(amounts):
            self.add_error("point_inr", _("The value must lie within its range."))
        return given
