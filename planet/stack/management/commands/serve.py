"""`manage.py serve web|realtime|worker|media|beat`: become one of the servers; what a container runs."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from planet.stack import services


class Command(BaseCommand):
    """Replaces itself by the server, so that signals and the exit status are the server's own."""

    help = "Become one of Planet's servers."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The server's name."""
        parser.add_argument("server", choices=sorted(services.COMMANDS))

    def handle(self, *_: Any, **options: Any) -> None:
        """Become it."""
        name = options["server"]
        command = services.COMMANDS[name](settings.ENV)
        metrics = Path(tempfile.mkdtemp(prefix="planet-metrics-"))
        os.environ.update(services.environment(name, metrics))
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
