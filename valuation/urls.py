from django.urls import path

from valuation import views

ONE = "valuations/<uuid:valuation_id>/"

urlpatterns = [
    path("valuations/", views.ValuationList.as_view(), name="valuations"),
    path("valuations/check/", views.ValuationCheck.as_view(), name="valuation-check"),
    path(ONE, views.ValuationDetail.as_view(), name="valuation"),
    path(f"{ONE}comparison/", views.ValuationComparison.as_view(), name="valuation-comparison"),
    path(f"{ONE}levers/", views.ValuationLevers.as_view(), name="valuation-levers"),
    path(f"{ONE}scenario/", views.ValuationScenario.as_view(), name="valuation-scenario"),
    path(f"{ONE}report/", views.ValuationReport.as_view(), name="valuation-report"),
    path(f"{ONE}working-papers/", views.ValuationWorkingPapers.as_view(), name="valuation-working-papers"),
    path(f"{ONE}narrative/", views.ValuationNarrative.as_view(), name="valuation-narrative"),
    path(f"{ONE}shares/", views.ShareList.as_view(), name="valuation-shares"),
    path(f"{ONE}shares/<uuid:share_id>/", views.ShareDetail.as_view(), name="valuation-share"),
    path("listings/<uuid:listing_id>/valuation/", views.ListingValuationDetail.as_view(), name="listing-valuation"),
    path("listings/<uuid:listing_id>/closed-price/", views.ListingClosedPrice.as_view(), name="listing-closed-price"),
]
