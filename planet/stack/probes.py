"""How the tree knows that a server answers."""

import asyncio
from collections.abc import Awaitable, Callable


def in_thread(check: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    """A probe from a blocking check."""

    async def probe() -> bool:
        return await asyncio.to_thread(check)

    return probe


def http(host: str, port: int, path: str) -> Callable[[], Awaitable[bool]]:
    """A probe that wants status 200 from an HTTP server; anything else counts as not yet."""

    async def probe() -> bool:
        try:
            async with asyncio.timeout(5):
                return await _status(host, port, path) == 200
        except (OSError, ValueError, TimeoutError):
            return False

    return probe


async def _status(host: str, port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        line = await reader.readline()
        return int(line.split()[1]) if line else 0
    finally:
        writer.close()
