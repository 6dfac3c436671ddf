from django.urls import path

from msmebazaar.devtools import views

urlpatterns = [
    path("messages/", views.messages, name="dev-messages"),
    path("phone/", views.phone, name="dev-phone"),
]
