"""Apps are told which keys of their topics are listened to, a bounded number at a time."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from planet.realtime import topics, watching
from planet.realtime.database import Unavailable


def test_only_the_keys_of_a_prefix_are_due_and_of_many_some() -> None:
    heard = {"group", "groups", "group:a", "group:b", "channel:c"}
    assert sorted(watching.due("group", heard)) == ["a", "b"]
    many = {f"group:{n}" for n in range(200)}
    assert len(set(watching.due("group", many, most=50))) == 50
    seen = {key for _ in range(40) for key in watching.due("group", many, most=50)}
    assert len(seen) > 150, "all have their turn"


class _Database:
    """Runs in place; fails the first time."""

    def __init__(self) -> None:
        self.failures: list[Exception] = [Unavailable("away"), ValueError("a mistake")]

    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        if self.failures:
            raise self.failures.pop()
        return work(*args)


def test_a_watch_that_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(topics, "_registered", {})
    told: list[list[str]] = []
    done = asyncio.Event()

    def watch(keys: Sequence[str]) -> None:
        told.append(list(keys))
        done.set()

    topics.register("room", authorize=lambda _user, _key: True, watch=watch)
    topics.register("quiet", authorize=lambda _user, _key: True)

    async def look() -> None:
        life = asyncio.create_task(watching.Watching(_Database(), {"room:1", "quiet:2"}).run())  # type: ignore[arg-type]
        await asyncio.wait_for(done.wait(), 5)
        life.cancel()

    asyncio.run(look())
    assert told[0] == ["1"]
