"""The Celery application: background work and the clock (beat)."""

import os
import time
import warnings
from typing import Any

from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    heartbeat_sent,
    task_postrun,
    task_prerun,
    worker_ready,
)
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from planet.stack import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
MAIN_QUEUE = "celery"
app = Celery("planet")
# `make up` may run as root; the containers never do.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="planet.heartbeat")
def heartbeat() -> None:
    """Prove that the clock ticks, the broker carries and a worker works."""
    from planet.web import health

    health.beat(now=time.time())


@worker_ready.connect
def _first_heartbeat(sender: Any, **_: Any) -> None:
    if MAIN_QUEUE in sender.app.amqp.queues.consume_from:  # the media worker is not whom /readyz asks for
        heartbeat()


@heartbeat_sent.connect
def _worker_goes_round(**_: Any) -> None:
    alive.touch("worker")


@beat_init.connect
def _beat_goes_round(**_: Any) -> None:
    def sign(**_: Any) -> None:
        alive.touch("beat")

    after_task_publish.connect(sign, weak=False)


@before_task_publish.connect
def _send_request_id(headers: dict[str, Any], **_: Any) -> None:
    """A task's log lines carry the id of the request that asked for it."""
    if request_id := get_contextvars().get("request_id"):
        headers["request_id"] = request_id


@task_prerun.connect
def _begin(task: Any, **_: Any) -> None:
    clear_contextvars()
    bind_contextvars(task=task.name)
    if request_id := getattr(task.request, "request_id", None):
        bind_contextvars(request_id=request_id)


@task_postrun.connect
def _end(task: Any, state: str, **_: Any) -> None:
    from planet.web import metrics

    metrics.TASKS.labels(task.name, state).inc()
    clear_contextvars()
