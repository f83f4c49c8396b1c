"""Liveness and readiness."""

import time
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from planet.config.celery import heartbeat
from planet.web import health

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_healthy_whatever_else_is_broken(client: Client) -> None:
    with patch("django.db.connection.cursor", side_effect=OperationalError):
        answer = client.get("/healthz", headers={"host": "no such host"})

    assert answer.status_code == 200


def test_everything_working_is_ready(client: Client) -> None:
    heartbeat()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {"postgres": True, "redis": True, "worker": True}}


@pytest.mark.parametrize("age", [health.HEARTBEAT_LIMIT + 1, None])
def test_a_worker_without_a_sign_of_life_is_not(client: Client, age: float | None) -> None:
    if age is not None:
        cache.set(health.HEARTBEAT_KEY, time.time() - age)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {"postgres": True, "redis": True, "worker": False}


def test_a_database_that_is_away_is_not(client: Client) -> None:
    heartbeat()
    with patch.object(health, "_check_postgres", side_effect=OperationalError), patch("django.db.connection.close"):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["postgres"] is False
