"""Concurrently: the table is being read while this runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("msme", "0007_market_documents_duplicates")]

    operations = [
        AddIndexConcurrently(
            model_name="business",
            index=models.Index(
                condition=models.Q(("pincode", ""), _negated=True), fields=["pincode"], name="msme_business_pincode"
            ),
        ),
        AddIndexConcurrently(
            model_name="business",
            index=models.Index(
                condition=models.Q(("gstin_index", ""), _negated=True), fields=["gstin_index"], name="msme_business_gstin"
            ),
        ),
    ]
