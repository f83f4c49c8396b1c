"""The Celery application: background work and the clock (beat)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
app = Celery("planet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
