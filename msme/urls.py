from django.urls import path

from msme import views

urlpatterns = [
    path("businesses/", views.BusinessList.as_view(), name="businesses"),
    path("businesses/<uuid:business_id>/", views.BusinessDetail.as_view(), name="business"),
    path("businesses/<uuid:business_id>/msme-class/", views.BusinessStanding.as_view(), name="business-msme-class"),
    path("businesses/<uuid:business_id>/financials/", views.FinancialsList.as_view(), name="financials"),
    path(
        "businesses/<uuid:business_id>/financials/<str:fiscal_year>/",
        views.FinancialsDetail.as_view(),
        name="financials-of-year",
    ),
    path("listings/", views.ListingList.as_view(), name="listings"),
    path("listings/<uuid:listing_id>/", views.ListingDetail.as_view(), name="listing"),
    path("listings/<uuid:listing_id>/submit/", views.ListingSubmit.as_view(), name="listing-submit"),
    path("listings/<uuid:listing_id>/pause/", views.ListingPause.as_view(), name="listing-pause"),
    path("listings/<uuid:listing_id>/resume/", views.ListingResume.as_view(), name="listing-resume"),
    path("listings/<uuid:listing_id>/withdraw/", views.ListingWithdraw.as_view(), name="listing-withdraw"),
    path("listings/<uuid:listing_id>/under-offer/", views.ListingUnderOffer.as_view(), name="listing-under-offer"),
    path("listings/<uuid:listing_id>/sold/", views.ListingSold.as_view(), name="listing-sold"),
    path("listings/<uuid:listing_id>/available/", views.ListingAvailable.as_view(), name="listing-available"),
    path("listings/<uuid:listing_id>/reprice/", views.ListingReprice.as_view(), name="listing-reprice"),
    path("listings/<uuid:listing_id>/versions/", views.ListingVersions.as_view(), name="listing-versions"),
    path(
        "listings/<uuid:listing_id>/price-history/", views.ListingPriceHistory.as_view(), name="listing-price-history"
    ),
]
