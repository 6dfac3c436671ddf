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
