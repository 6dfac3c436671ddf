from django.urls import path

from matching import views

urlpatterns = [
    path("mandates/", views.MandateList.as_view(), name="mandates"),
    path("mandates/<uuid:mandate_id>/", views.MandateDetail.as_view(), name="mandate"),
    path("mandates/<uuid:mandate_id>/matches/", views.MandateMatches.as_view(), name="mandate-matches"),
]
