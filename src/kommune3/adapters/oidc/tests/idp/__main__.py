# SPDX-License-Identifier: MPL-2.0
"""``python -m idp PORT CALLBACK``: makes the database, a client and two users, and serves."""

import os
import sys
from wsgiref.simple_server import make_server

import django

CLIENT_ID, SECRET, PASSWORD = "kommune3", "a secret of the provider", "a password at the provider"
USERS = {"finn": 101, "eva": 102}


def main(port: int, callback: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "idp.settings"
    django.setup()
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    client = Client(id=CLIENT_ID, name="Kommune3", skip_consent=True, redirect_uris=callback)
    client.set_secret(SECRET)
    client.save()
    for username, pk in USERS.items():
        User.objects.create_user(pk=pk, username=username, password=PASSWORD)
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
