"""Staff sign-in: our rules on top of django-allauth.

A password or the operator's OpenID Connect, then always a second factor (authenticator app, passkey, recovery code). No page
of the admin opens without it. Guessing at a colleague's password locks out strangers, not the colleague: a browser that has
signed in before carries a signed cookie and is counted apart (OWASP's device cookies); a passkey needs no password at all.
"""

import base64
import binascii
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core import signing
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts import services as accounts
from msmebazaar.core import audit, crypto, limits
from msmebazaar.core.exceptions import RateLimited
from msmebazaar.core.http import network
from msmebazaar.core.logging import get_logger

log = get_logger(__name__)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
DEVICE_COOKIE = "staff_device"
DEVICE_COOKIE_AGE = timedelta(days=180)
SIGNER = signing.TimestampSigner(salt="adminpanel.staff_device")

View = Callable[..., HttpResponseBase]


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed since, with a second factor."""
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    return any(record.get("method") == "mfa" for record in records)


def owns_second_factor(request: HttpRequest) -> bool:
    return bool(is_mfa_enabled(request.user, FACTORS))


def step_up(view: View) -> View:
    """For what must not happen on an unattended screen: asks for the password or a factor again, at most five minutes old."""
    return reauthentication_required(view)  # type: ignore[no-any-return]


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are made by staff."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network.client_address(request)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Staff have no email address here."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try: per network, and per login name either for this known device or for all strangers together."""
        name = str(credentials.get("username", "")).lower()
        device = _device_of(request, name)
        try:
            limits.spend("staff_network", network.limit_key_of(network.client_address(request)), "20/10minutes")
            if device:
                limits.spend("staff_device", f"{name}:{device}", "10/10minutes")
            else:
                limits.spend("staff_stranger", name, "10/hour")
        except RateLimited as error:
            log.warning("security", security_event="staff_login_limited")
            raise self.validation_error("too_many_login_attempts") from error

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Reached when every stage is passed: remember the browser as one that this colleague uses."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        name = str(user.get_username()).lower()
        device = _device_of(request, name) or secrets.token_urlsafe(16)
        response.set_cookie(
            DEVICE_COOKIE,
            SIGNER.sign_object({"name": name, "device": device}),
            max_age=DEVICE_COOKIE_AGE,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
            path="/staff/",
        )
        return response


def _device_of(request: HttpRequest, name: str) -> str:
    """The id of a browser in which this name has signed in before; "" for a stranger's."""
    try:
        kept = SIGNER.unsign_object(request.COOKIES.get(DEVICE_COOKIE, ""), max_age=DEVICE_COOKIE_AGE)
    except signing.BadSignature:
        return ""
    return str(kept["device"]) if kept.get("name") == name else ""


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever the provider knows and we do not gets no account by that."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """At the first visit, recognise the colleague whose login name is an address that the provider has verified."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        colleague = get_user_model().objects.filter(username__in=verified, is_staff=True, is_active=True).first()
        if colleague is not None:
            sociallogin.connect(request, colleague)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are encrypted like personal data."""

    PLACE = "mfa_authenticator.data"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.encrypt(text, self.PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(base64.b64decode(encrypted_text), self.PLACE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays: without one, a password alone would open the account to whoever sets up the next."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return authenticator.type not in FACTORS or others.exclude(pk=authenticator.pk).exists()


@crypto.rotates("secrets of second factors")
def rotate_second_factors() -> int:
    """Encrypt with the newest key what is under an older one."""
    adapter, count = SecondFactorAdapter(), 0
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        with transaction.atomic():
            locked = Authenticator.objects.select_for_update().get(pk=row.pk)
            renewed = {key: _renewed(adapter, value) for key, value in locked.data.items()}
            if renewed != locked.data:
                locked.data = renewed
                locked.save(update_fields=["data"])
                count += 1
    return count


def _renewed(adapter: SecondFactorAdapter, value: Any) -> Any:
    """Of an authenticator's data, the encrypted texts and lists of them."""
    if isinstance(value, list):
        return [_renewed(adapter, inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        stored = base64.b64decode(value, validate=True)
    except binascii.Error:
        return value
    if not stored.startswith(bytes([crypto.VERSION])) or stored.startswith(crypto.prefix_of_newest_key()):
        return value
    return adapter.encrypt(adapter.decrypt(value))


@transaction.atomic
def make_colleague(*, username: str, password: str, totp_secret: str) -> UUID:
    """A colleague whose authenticator app is set up already; for the demonstration market."""
    user_id = accounts.create_staff(username=username, password=password)
    TOTP.activate(get_user_model().objects.get(pk=user_id), totp_secret)
    return user_id


@receiver(user_logged_in)
def record_login(sender: object, request: HttpRequest, user: Any, **_: object) -> None:
    log.info("security", security_event="staff_login")
    audit.record("adminpanel.signed_in", subject_type="user", subject_id=user.pk, actor_id=user.pk)


@receiver(user_login_failed)
def record_failure(sender: object, **_: object) -> None:
    log.warning("security", security_event="staff_login_failed")
