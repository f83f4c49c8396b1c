"""What one socket, one person and one address may do."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one hub process."""

    sockets: int = 12_000
    sockets_a_user: int = 24  # tabs
    sockets_an_address: int = 500  # an office behind one address
    topics_a_socket: int = 200
    handshakes_burst: int = 100  # an address
    handshakes_a_second: float = 10.0
    # A message costs one, and one more a topic: each topic may be a query.
    work_burst: int = 400
    work_a_second: float = 40.0
    # What may wait for a reader above what the kernel holds; beyond it the reader is slow and is dropped.
    unread_bytes: int = 512 * 1024
    # Events of this long go out in one write; the first after a quiet time goes out at once.
    coalesce_seconds: float = 0.010
    recheck_seconds: float = 300.0


class Allowance:
    """A token bucket."""

    __slots__ = ("_at", "_left")

    def __init__(self, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = float(burst)
        self._at = clock()

    def take(self, cost: float, burst: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> bool:
        """Whether `cost` is left; takes it if so."""
        now = clock()
        self._left = min(burst, self._left + (now - self._at) * a_second)
        self._at = now
        if self._left < cost:
            return False
        self._left -= cost
        return True

    def full(self, burst: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> bool:
        """Whether it has filled up again, so that forgetting it changes nothing."""
        return self._left + (clock() - self._at) * a_second >= burst


class Doorkeeper:
    """How often an address may knock, and how many sockets it holds. One process' view: cheap, and good enough."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._knocks: dict[str, Allowance] = {}
        self._open: dict[str, int] = {}

    def admits(self, address: str) -> bool:
        """Whether this address may open one more socket now; counts the attempt."""
        burst, a_second = self._limits.handshakes_burst, self._limits.handshakes_a_second
        knocks = self._knocks.get(address)
        if knocks is None:
            knocks = self._knocks[address] = Allowance(burst)
        return knocks.take(1, burst, a_second) and self._open.get(address, 0) < self._limits.sockets_an_address

    def came(self, address: str) -> None:
        """Count an open socket."""
        self._open[address] = self._open.get(address, 0) + 1

    def went(self, address: str) -> None:
        """Count it no more."""
        left = self._open.get(address, 1) - 1
        if left > 0:
            self._open[address] = left
        else:
            self._open.pop(address, None)

    def forget(self) -> None:
        """Drop the addresses that have not knocked for a while."""
        burst, a_second = self._limits.handshakes_burst, self._limits.handshakes_a_second
        for address in [a for a, knocks in self._knocks.items() if knocks.full(burst, a_second)]:
            del self._knocks[address]
