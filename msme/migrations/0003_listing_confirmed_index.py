"""Alone and concurrently: the table is being read while this runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('msme', '0002_listing_life'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='listing',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['confirmed_at'], name='msme_listing_confirmed'),
        ),
    ]
