"""`manage.py settings`: every variable of the environment that Planet reads."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from planet.stack import reference


class Command(BaseCommand):
    """Prints the table that docs/operations.md holds."""

    help = "Print every setting that Planet reads from the environment: name, type, default, what it does."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to write the table into the document."""
        parser.add_argument("--write", action="store_true", help="put the table into docs/operations.md")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print it, or write it."""
        table = reference.table(type(settings.ENV))
        if options["write"]:
            reference.DOCUMENT.write_text(reference.replaced(reference.DOCUMENT.read_text(), table))
        else:
            self.stdout.write(table)
