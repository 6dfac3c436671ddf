"""The market's own numbers on `/metrics`: today's value of each measure, as the staff's pages count it."""

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily

from adminpanel.models import Rollup
from msmebazaar.core import clock, metrics


def business() -> metrics.Families:
    family = GaugeMetricFamily("business_measure_today", "A measure of the market, today in India", labels=["measure"])
    today = clock.now().astimezone(clock.INDIA).date()
    for measure, value in Rollup.objects.filter(day=today, split="", key="").values_list("measure", "value"):
        family.add_metric([measure], float(value))
    yield family


metrics.SOURCES["business"] = (business, DatabaseError)
