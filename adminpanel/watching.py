"""The market's own numbers on `/metrics`: today's value of each measure, as the staff's pages count it."""

from django.db import DatabaseError

from adminpanel.models import Rollup
from msmebazaar.core import clock, metrics


def business() -> metrics.Families:
    today = Rollup.objects.filter(day=clock.today_in_india(), split="", key="").values_list("measure", "value")
    values = {measure: float(value) for measure, value in today}
    yield metrics.gauge("business_measure_today", "A measure of the market, today in India", "measure", values)


metrics.SOURCES["business"] = (business, DatabaseError)
