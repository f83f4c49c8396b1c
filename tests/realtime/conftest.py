"""A real server for the realtime tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.realtime.server import register_topics
from tests.realtime.tab import Server

Start = Callable[..., Server]


@pytest.fixture(scope="session", autouse=True)
def _topics() -> None:
    """This process publishes on the topics that the server process knows."""
    register_topics()


@pytest.fixture(scope="session")
def _shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    with django_db_blocker.unblock():
        server = Server(handshakes_burst=10_000)
    yield server
    server.stop()


@pytest.fixture
def server(_shared: Server, transactional_db: None) -> Server:
    """A realtime server with the usual limits."""
    return _shared


@pytest.fixture
def start(transactional_db: None) -> Iterator[Start]:
    """Starts a server with limits of the test's own."""
    servers: list[Server] = []

    def begin(**limits: Any) -> Server:
        servers.append(Server(**limits))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()
