from django.urls import path

from adminpanel import views

QUEUE = "admin/queues/<slug:queue>/"
ITEM = f"{QUEUE}items/<uuid:item_id>/"

urlpatterns = [
    path("admin/statistics/", views.Statistics.as_view(), name="admin-statistics"),
    path("admin/measures/", views.Measures.as_view(), name="admin-measures"),
    path("admin/measures/<slug:measure>/", views.Chart.as_view(), name="admin-chart"),
    path("admin/queues/", views.Queues.as_view(), name="admin-queues"),
    path(QUEUE, views.QueueItems.as_view(), name="admin-queue-items"),
    path(f"{QUEUE}next/", views.QueueNext.as_view(), name="admin-queue-next"),
    path(f"{QUEUE}acts/", views.QueueActs.as_view(), name="admin-queue-acts"),
    path(f"{ITEM}claim/", views.ItemClaim.as_view(), name="admin-item-claim"),
    path(f"{ITEM}release/", views.ItemRelease.as_view(), name="admin-item-release"),
    path(f"{ITEM}acts/", views.ItemAct.as_view(), name="admin-item-act"),
    path("admin/decisions/<uuid:decision_id>/undo/", views.DecisionUndo.as_view(), name="admin-decision-undo"),
    path("admin/organisations/<uuid:organisation_id>/kyc/", views.Kyc.as_view(), name="admin-kyc"),
    path("admin/people/<uuid:user_id>/timeline/", views.Timeline.as_view(), name="admin-timeline"),
    path("admin/valuations/<uuid:valuation_id>/rerun/", views.ValuationRerun.as_view(), name="admin-rerun"),
    path("admin/valuations/<uuid:valuation_id>/overrides/", views.ValuationOverride.as_view(), name="admin-override"),
    path("admin/actions/", views.Actions.as_view(), name="admin-actions"),
    path("admin/views/", views.Views.as_view(), name="admin-views"),
    path("admin/views/<uuid:view_id>/", views.View.as_view(), name="admin-view"),
    path("admin/exports/", views.Sheets.as_view(), name="admin-exports"),
    path("admin/exports/<uuid:sheet_id>/", views.SheetDetail.as_view(), name="admin-export"),
    path("admin/exports/<uuid:sheet_id>/link/", views.SheetLink.as_view(), name="admin-export-link"),
    path("admin/system/", views.System.as_view(), name="admin-system"),
]
