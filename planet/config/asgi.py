"""The ASGI application: sockets only; pages are WSGI."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
django.setup()

from planet.realtime.app import build  # noqa: E402  # it needs Django's apps

application = build()
