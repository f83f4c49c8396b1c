"""The database backend; Django finds it by this module's name."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Notices that the server has gone before a request uses a kept connection.

    With CONN_HEALTH_CHECKS Django asks `is_usable` once a request, and its own answer is a `SELECT 1`. A server that
    died or restarted has closed its end, which makes the socket readable, and a healthy idle one never is: so a look at
    the socket is enough, and only when there is something to read is the server asked.
    """

    connection: Any

    def is_usable(self) -> bool:
        """Whether the connection works."""
        if self.errors_occurred or self.connection is None:
            return bool(self.connection is not None and super().is_usable())
        if self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.pgconn.socket, select.POLLIN | select.POLLERR | select.POLLHUP)
        return not poll.poll(0) or bool(super().is_usable())
