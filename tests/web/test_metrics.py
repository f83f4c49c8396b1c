"""Figures for Prometheus."""

import pytest
from django.core.cache import cache
from django.test import Client
from django_redis import get_redis_connection
from prometheus_client import REGISTRY
from pytest_django.fixtures import Settings

from planet.web import health, metrics

pytestmark = pytest.mark.django_db
TOKEN = "a token that nobody guesses"


def count(view: str, status: str) -> float:
    labels = {"view": view, "method": "GET", "status": status}
    return REGISTRY.get_sample_value("planet_request_seconds_count", labels) or 0.0


def test_requests_are_counted_by_view_and_class_of_status(client: Client) -> None:
    before = count("robots", "2xx"), count("none", "4xx")

    client.get("/robots.txt")
    client.get("/no/such/page/of/anybody")

    assert (count("robots", "2xx"), count("none", "4xx")) == (before[0] + 1, before[1] + 1)


def test_this_machine_reads_them_and_the_state_of_the_queue(client: Client) -> None:
    get_redis_connection("default").rpush(metrics.QUEUE, "one", "two")
    cache.set(health.HEARTBEAT_KEY, 0.0)

    answer = client.get("/metrics")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "planet_tasks_waiting 2.0" in text
    assert "planet_worker_heartbeat_age_seconds" in text
    assert "planet_request_seconds_bucket" in text


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "127.0.0.1"},  # through a proxy on this machine
        {"x-forwarded-for": "127.0.0.1", "authorization": "Bearer wrong"},
        {"x-forwarded-for": "127.0.0.1", "authorization": f"Basic {TOKEN}"},
    ],
)
def test_to_everybody_else_they_do_not_exist(client: Client, settings: Settings, headers: dict[str, str]) -> None:
    settings.METRICS_TOKEN = TOKEN

    answer = client.get("/metrics", headers=headers)

    assert answer.status_code == 404
    assert b"planet_" not in answer.content


def test_another_machine_without_a_token_is_refused_even_when_none_is_set(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"authorization": "Bearer None"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"authorization": "Bearer "}).status_code == 404


def test_a_bearer_of_the_token_reads_them_from_anywhere(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
