from django.urls import path

from accounts import views

urlpatterns = [
    path("auth/otp/", views.OtpRequest.as_view(), name="auth-otp"),
    path("auth/token/", views.TokenObtain.as_view(), name="auth-token"),
    path("auth/token/refresh/", views.TokenRefresh.as_view(), name="auth-token-refresh"),
    path("auth/logout/", views.Logout.as_view(), name="auth-logout"),
    path("me/", views.Me.as_view(), name="me"),
]
