from django.urls import path

from msme.views import businesses, documents, financials, listings, market

urlpatterns = [
    path("businesses/", businesses.BusinessList.as_view(), name="businesses"),
    path("businesses/<uuid:business_id>/", businesses.BusinessDetail.as_view(), name="business"),
    path(
        "businesses/<uuid:business_id>/msme-class/", businesses.BusinessStanding.as_view(), name="business-msme-class"
    ),
    path("businesses/<uuid:business_id>/financials/", financials.FinancialsList.as_view(), name="financials"),
    path(
        "businesses/<uuid:business_id>/financials/<str:fiscal_year>/",
        financials.FinancialsDetail.as_view(),
        name="financials-of-year",
    ),
    path("businesses/<uuid:business_id>/documents/", documents.DocumentList.as_view(), name="documents"),
    path("listings/<uuid:listing_id>/documents/", documents.ListingDocuments.as_view(), name="listing-documents"),
    path(
        "listings/<uuid:listing_id>/documents/<uuid:document_id>/links/",
        documents.ListingDocumentLinks.as_view(),
        name="listing-document-links",
    ),
    path("documents/<uuid:document_id>/", documents.DocumentDetail.as_view(), name="document"),
    path("documents/<uuid:document_id>/complete/", documents.DocumentComplete.as_view(), name="document-complete"),
    path("documents/<uuid:document_id>/links/", documents.DocumentLinks.as_view(), name="document-links"),
    path("documents/<uuid:document_id>/views/", documents.DocumentViews.as_view(), name="document-views"),
    path("businesses/<uuid:business_id>/imports/", financials.FinancialsImports.as_view(), name="imports"),
    path("imports/<uuid:run_id>/", financials.FinancialsImport.as_view(), name="import"),
    path("listings/", listings.ListingList.as_view(), name="listings"),
    path("listings/facets/", market.ListingFacets.as_view(), name="listing-facets"),
    path("saved-searches/", market.SavedSearchList.as_view(), name="saved-searches"),
    path("saved-searches/<uuid:search_id>/", market.SavedSearchDetail.as_view(), name="saved-search"),
    path("listings/<uuid:listing_id>/quality/", listings.ListingQuality.as_view(), name="listing-quality"),
    path("listings/<uuid:listing_id>/", listings.ListingDetail.as_view(), name="listing"),
    path("listings/<uuid:listing_id>/submit/", listings.ListingSubmit.as_view(), name="listing-submit"),
    path("listings/<uuid:listing_id>/pause/", listings.ListingPause.as_view(), name="listing-pause"),
    path("listings/<uuid:listing_id>/resume/", listings.ListingResume.as_view(), name="listing-resume"),
    path("listings/<uuid:listing_id>/withdraw/", listings.ListingWithdraw.as_view(), name="listing-withdraw"),
    path("listings/<uuid:listing_id>/under-offer/", listings.ListingUnderOffer.as_view(), name="listing-under-offer"),
    path("listings/<uuid:listing_id>/sold/", listings.ListingSold.as_view(), name="listing-sold"),
    path("listings/<uuid:listing_id>/available/", listings.ListingAvailable.as_view(), name="listing-available"),
    path("listings/<uuid:listing_id>/reprice/", listings.ListingReprice.as_view(), name="listing-reprice"),
    path("listings/<uuid:listing_id>/versions/", listings.ListingVersions.as_view(), name="listing-versions"),
    path(
        "listings/<uuid:listing_id>/price-history/",
        listings.ListingPriceHistory.as_view(),
        name="listing-price-history",
    ),
]
