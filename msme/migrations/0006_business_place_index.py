"""Alone and concurrently: the table is being read while this runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("msme", "0005_facts_lines_terms")]

    operations = [
        AddIndexConcurrently(
            model_name="business",
            index=models.Index(fields=["state", "district", "nic_code"], name="msme_business_place_industry"),
        ),
    ]
