"""`manage.py pg pg_dump …`: PostgreSQL's own programs, on our database."""

import os
import shutil
from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg.conninfo import conninfo_to_dict

from planet.stack.postgres import programs

# Where libpq's own programs look for each part of a connection.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class Command(BaseCommand):
    """Becomes the program, with the connection in its environment."""

    help = "Run one of PostgreSQL's programs (psql, pg_dump, pg_restore, …) on Planet's database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The program and what is for it."""
        parser.add_argument("program")
        parser.add_argument("arguments", nargs=REMAINDER)

    def handle(self, *_: Any, **options: Any) -> None:
        """Become it: the wheel's, or the machine's where the wheel has none or is not there."""
        name = options["program"]
        path = _find(name)
        if path is None:
            raise CommandError(f"There is no {name} here.")
        parts = conninfo_to_dict(settings.ENV.database)
        connection = {_VARIABLES[part]: str(value) for part, value in parts.items() if part in _VARIABLES}
        os.execve(path, [name, *options["arguments"]], {**os.environ, **connection})  # noqa: S606  # no shell is wanted


def _find(name: str) -> str | None:
    if os.sep in name:
        return None
    try:
        return shutil.which(name, path=str(programs())) or shutil.which(name)
    except RuntimeError:  # the wheel is not installed, as in the containers
        return shutil.which(name)
