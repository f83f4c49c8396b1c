"""The Celery application: background work and the clock (beat)."""

import os
import time
import warnings
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
app = Celery("planet")
# `make up` may run as root; the containers never do.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="planet.heartbeat")  # type: ignore[misc]  # untyped decorator
def heartbeat() -> None:
    """Prove that the clock ticks, the broker carries and a worker works."""
    from planet.web import health

    health.beat(now=time.time())


@worker_ready.connect
def _first_heartbeat(**_: Any) -> None:
    heartbeat()
