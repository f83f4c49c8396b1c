"""The WSGI application: every page and every write."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
application = get_wsgi_application()
