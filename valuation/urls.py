from django.urls import path

from valuation import views

urlpatterns = [
    path("valuations/", views.ValuationList.as_view(), name="valuations"),
    path("valuations/<uuid:valuation_id>/", views.ValuationDetail.as_view(), name="valuation"),
]
