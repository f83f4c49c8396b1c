"""`manage.py ledger verify`: is every balance the sum of what moved, and did only move what may?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from planet.ledger import verify


class Command(BaseCommand):
    """Exits with 1, and names what is off, unless everything is right. Changes nothing; can run at any time."""

    help = "Prove that the ledger is right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The one verb."""
        parser.add_argument("verb", choices=["verify"])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ask every question."""
        off = False
        for finding in verify.findings():
            off = True
            self.stderr.write(str(finding))
        if off:
            sys.exit(1)
        self.stdout.write("The ledger is right.")
