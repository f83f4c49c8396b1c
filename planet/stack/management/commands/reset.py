"""`manage.py reset`: throw the data of `manage.py up` away."""

import shutil
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from planet.stack import lock


class Command(BaseCommand):
    """Empties DATA_DIR; asks first when a person is there to be asked."""

    help = "Delete the embedded database, Redis, uploads, mail and collected files, to start over."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to ask."""
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *_: Any, **options: Any) -> None:
        """Delete what is in DATA_DIR, unless Planet runs there."""
        directory = settings.ENV.data_dir
        if not (directory / lock.OWN).exists():  # whatever is in there, it is not a Planet's
            self.stdout.write(f"`manage.py up` never ran on {directory}: there is nothing to delete.")
            return
        if sys.stdin.isatty() and not options["no_input"]:
            answer = input(f"Delete everything in {directory}? [y/N] ")
            if answer.strip().lower() not in {"y", "yes"}:
                raise CommandError("Nothing was deleted.")
        try:
            with lock.hold(directory, url=settings.SITE_URL):
                for path in directory.iterdir():
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        except lock.AlreadyUp as error:
            raise CommandError(f"{error} Stop it first; nothing was deleted.") from None
        self.stdout.write(f"{directory} is empty.")
