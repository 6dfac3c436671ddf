"""`python -m tests.oidc_provider PORT REDIRECT_URI`: migrate, make the people and the client, serve."""

import os
import sys
from wsgiref.simple_server import make_server

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.oidc_provider.settings"
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from allauth.idp.oidc.models import Client  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from tests.oidc_provider import PASSWORD  # noqa: E402

PEOPLE = {
    "asha": ("asha@bazaar.example", True),
    "mallory": ("asha@bazaar.example", False),
    "guest": ("guest@else.example", True),
}


def main(port: int, redirect_uri: str) -> None:
    call_command("migrate", verbosity=0)
    for name, (address, verified) in PEOPLE.items():
        user = get_user_model()(username=name)
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    client = Client(id="bazaar", name="MSMEBazaar", skip_consent=True, redirect_uris=redirect_uri)
    client.scopes = client.default_scopes = "openid\nprofile\nemail"
    client.set_secret("the client's secret")
    client.save()
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
