"""What staff enter about conversations and broadcasts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from whatsapp.flow import OFFERED
from whatsapp.flow.texts import CATALOGUES


class ChatAct(forms.Form):
    """What a colleague does in a conversation; `key` is made with the page, so that pressing twice sends once."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("take", "reply", "template", "note", "back")])
    text = forms.CharField(required=False, max_length=1600, widget=forms.Textarea(attrs={"rows": 4}))
    key = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("act") in ("reply", "note") and not (given.get("text") or "").strip():
            self.add_error("text", _("Write something first."))
        if given.get("act") in ("reply", "template") and not given.get("key"):
            self.add_error("key", _("Load the page again."))
        return given


class BroadcastPlan(forms.Form):
    template_key = forms.ChoiceField(label=_("Template"))
    text = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("Text"),
        help_text=_("Fills “text” of the template."),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        choices=[(code, CATALOGUES[code].name) for code in OFFERED],
        widget=forms.CheckboxSelectMultiple,
        label=_("Languages"),
        help_text=_("None: all."),
    )
    heard_within_days = forms.IntegerField(required=False, min_value=1, max_value=730, label=_("Wrote within days"))
    is_unfinished = forms.BooleanField(required=False, label=_("Only those in the middle of a registration"))
    most = forms.IntegerField(min_value=1, max_value=100_000, initial=1000, label=_("To at most so many"))

    def __init__(self, *args: Any, templates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template_key"].choices = templates  # type: ignore[attr-defined]

    def segment(self) -> dict[str, Any]:
        named = ("languages", "heard_within_days", "is_unfinished")
        return {name: self.cleaned_data[name] for name in named if self.cleaned_data.get(name)}
