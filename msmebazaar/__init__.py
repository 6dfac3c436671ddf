"""MSMEBazaar: what a business is worth, a market that does not expose its owner, and matches that say why."""

from msmebazaar.celery import app as celery_app

__all__ = ["celery_app"]
