"""Many at once."""

import threading
from collections.abc import Callable

from django.db import connections

THREADS = 6


def together(run: Callable[[int], object], threads: int = THREADS) -> list[BaseException]:
    """Run in threads that start at the same moment; the errors that came out."""
    start, errors = threading.Barrier(threads), []

    def body(number: int) -> None:
        try:
            start.wait()
            run(number)
        except BaseException as error:  # noqa: BLE001  # the test judges
            errors.append(error)
        finally:
            connections.close_all()

    running = [threading.Thread(target=body, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
        assert not thread.is_alive()
    return errors
