"""Decisions of staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from msme.types import ReviewReason


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
