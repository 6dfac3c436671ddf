from django.urls import path

from whatsapp import views

urlpatterns = [
    path("whatsapp/webhook/", views.MessageWebhook.as_view(), name="whatsapp-webhook"),
    path("whatsapp/status/", views.StatusWebhook.as_view(), name="whatsapp-status"),
]
