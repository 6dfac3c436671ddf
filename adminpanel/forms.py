"""Decisions of staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from msme.types import ReviewReason


class TierDecision(forms.Form):
    decision = forms.ChoiceField(choices=[("approve", _("Grant")), ("reject", _("Do not grant"))])
    text = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("What you saw, or why not"),
        help_text=_("Kept as evidence of the badge, or read by the organisation."),
    )


class DuplicateDecision(forms.Form):
    """`id` is a pair's, or a merge's for `undo`; `keep` the business that stays, for `merge`."""

    decision = forms.ChoiceField(choices=[("dismiss", ""), ("merge", ""), ("undo", "")])
    id = forms.UUIDField()
    keep = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "merge" and not cleaned.get("keep"):
            self.add_error("keep", _("Choose the business that stays."))
        return cleaned


class DataAnswer(forms.Form):
    answer = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), label=_("Answer to the person"))


class ReviewDecision(forms.Form):
    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("changes", _("Ask for changes"))])
    reason = forms.ChoiceField(choices=[("", "—"), *ReviewReason.choices], required=False, label=_("Reason"))
    note = forms.CharField(
        max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}), label=_("Note to the owner")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "changes" and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason; the owner reads it."))
        return cleaned


class ValuationDecision(forms.Form):
    """What a colleague does about a valuation; each decision needs its own fields."""

    NEEDED = {
        "rerun": (),
        "propose": ("point_inr", "low80_inr", "high80_inr", "text"),
        "approve": ("override_id",),
        "reject": ("override_id",),
        "sign_off": ("valuer_name", "registration_number"),
    }

    decision = forms.ChoiceField(choices=[(name, name) for name in NEEDED])
    override_id = forms.UUIDField(required=False)
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
