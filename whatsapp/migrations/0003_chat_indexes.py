from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Indexes on tables that are in use, without locking them."""

    atomic = False

    dependencies = [("whatsapp", "0002_chat")]

    operations = [
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=Q(('nudge_due_at__isnull', False)), fields=['nudge_due_at'], name='whatsapp_nudge_due'),
        ),
        AddIndexConcurrently(
            model_name='inboundmessage',
            index=models.Index(condition=Q(('handled_at__isnull', True)), fields=['sender_index', 'received_at', 'id'], name='whatsapp_inbound_unhandled'),
        ),
        AddIndexConcurrently(
            model_name='inboundmessage',
            index=models.Index(fields=['user', '-received_at'], name='whatsapp_inbound_of_user'),
        ),
        AddIndexConcurrently(
            model_name='outboundmessage',
            index=models.Index(fields=['conversation', '-created_at'], name='whatsapp_outbound_of_chat'),
        ),
    ]
