"""The whole tree: the order of its start, its watch, its end."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence

from planet.stack import launch
from planet.stack.console import Console
from planet.stack.process import Child, Service, StartFailed


async def _never() -> bool:
    return False


class Tree:
    """Starts stages of services one after the other and stops them in the opposite order."""

    def __init__(self, console: Console, *, inherit: Sequence[int] = ()) -> None:
        self.console = console
        self.inherit = inherit
        self.children: list[list[Child]] = []

    async def stage(self, services: Sequence[Service]) -> None:
        """Start these together; returns when each answers, raises `StartFailed` when one does not."""
        children = [Child(service, self.console, inherit=self.inherit) for service in services]
        self.children.append(children)
        try:
            async with asyncio.TaskGroup() as group:
                for child in children:
                    group.create_task(child.start())
        except* StartFailed as group:
            raise group.exceptions[0] from None

    async def once(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run a command to its end, in the tree's log; raises `StartFailed` when it fails."""
        service = Service(name=name, command=launch.wrap(command), ready=_never, environment=environment)
        child = Child(service, self.console, inherit=self.inherit)
        self.children.append([child])
        status = await child.run_to_end()
        self.children.pop()
        if status != 0:
            raise StartFailed(f"`{name}` failed.\n{self.console.last(name)}")

    async def stop(self, *, at_once: bool = False) -> None:
        """Stop every service, those that were started last first."""
        for children in reversed(self.children):
            await asyncio.gather(*(child.stop(at_once=at_once) for child in children))


async def run(tree: Tree, start: Callable[[Tree], Awaitable[None]]) -> None:
    """Run `start`, then keep the tree until a signal asks us to stop; a second signal ends it at once."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    insisted = asyncio.Event()

    def on_signal() -> None:
        (insisted if asked.is_set() else asked).set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)
    starting = asyncio.ensure_future(start(tree))
    waiting = asyncio.create_task(asked.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting  # raises what went wrong
            await waiting
    finally:
        for task in (starting, waiting):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        asked.set()
        tree.console.say("Planet is stopping …")
        await _stop(tree, insisted)


async def _stop(tree: Tree, insisted: asyncio.Event) -> None:
    stopping = asyncio.create_task(tree.stop())
    insisting = asyncio.create_task(insisted.wait())
    await asyncio.wait({stopping, insisting}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stopping
        await tree.stop(at_once=True)
    insisting.cancel()
