"""Shapes of consent and of the data-subject desk."""

from rest_framework import serializers

from accounts.models import ConsentEntry, DataExport, DataRequest, Nominee
from accounts.types import ConsentChannel, DataRequestKind, ExportState, Purpose, RequestState
from msmebazaar.core.http.serializers import Base, PhoneField


class NoticeAnswer(Base):
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    version = serializers.CharField()
    valid_from = serializers.DateField()
    text = serializers.CharField(help_text="In the language asked for.")


class ConsentAnswer(Base):
    """What holds now for a purpose."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_given = serializers.BooleanField()
    notice_version = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)


class ConsentWrite(Base):
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    is_given = serializers.BooleanField(help_text="false withdraws.")
    notice_version = serializers.CharField(
        max_length=20, required=False, default="", help_text="Of the notice that was shown; needed to give consent."
    )


class ConsentEntryAnswer(serializers.ModelSerializer[ConsentEntry]):
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    channel = serializers.ChoiceField(choices=ConsentChannel.choices)

    class Meta:
        model = ConsentEntry
        fields = ("id", "purpose", "is_given", "notice_version", "language", "channel", "evidence", "at")


class HoldingAnswer(Base):
    table = serializers.CharField()
    rows = serializers.IntegerField()


class RecipientAnswer(Base):
    recipient = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()
    where = serializers.CharField()
    messages_sent = serializers.DictField(child=serializers.IntegerField())


class RetentionAnswer(Base):
    what = serializers.CharField()
    days = serializers.IntegerField()
    counted_from = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class DataSummaryAnswer(Base):
    """What we hold, whom it was shared with, how long it is kept."""

    holdings = HoldingAnswer(many=True)
    recipients = RecipientAnswer(many=True)
    retention = RetentionAnswer(many=True)


class DataRequestWrite(Base):
    kind = serializers.ChoiceField(choices=DataRequestKind.choices)
    text = serializers.CharField(max_length=4000)


class DataRequestAnswer(serializers.ModelSerializer[DataRequest]):
    kind = serializers.ChoiceField(choices=DataRequestKind.choices)
    state = serializers.ChoiceField(choices=RequestState.choices)
    text = serializers.CharField()
    answer = serializers.CharField(allow_null=True)

    class Meta:
        model = DataRequest
        fields = ("id", "kind", "text", "state", "due_at", "answer", "created_at", "answered_at")


class NomineeWrite(Base):
    full_name = serializers.CharField(max_length=120)
    phone = PhoneField()
    relation = serializers.CharField(max_length=60)


class NomineeAnswer(serializers.ModelSerializer[Nominee]):
    full_name = serializers.CharField()
    phone = serializers.CharField()

    class Meta:
        model = Nominee
        fields = ("full_name", "phone", "relation", "created_at", "updated_at")


class ExportAnswer(serializers.ModelSerializer[DataExport]):
    state = serializers.ChoiceField(choices=ExportState.choices)
    url = serializers.SerializerMethodField(help_text="A download that works for a minute; null until it is ready.")

    class Meta:
        model = DataExport
        fields = ("id", "state", "size", "sha256", "created_at", "ready_at", "url")

    def get_url(self, export: DataExport) -> str | None:
        link = self.context.get("link")
        return link(export.object_key) if link and export.state == ExportState.READY else None


class ErasureWrite(Base):
    confirm = serializers.BooleanField(help_text="true: I know that this cannot be undone.")
