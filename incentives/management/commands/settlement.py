"""`manage.py settlement recompute DIR`: work a published week out again, without a database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incentives.settlement.frozen import MalformedInput
from incentives.settlement.statement import STATEMENT, TOTALS, recompute


class Command(BaseCommand):
    """The settlement of a week."""

    help = "The settlement of a week, for whoever wants to check it."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        commands = parser.add_subparsers(dest="command", required=True)
        again = commands.add_parser("recompute", help="Compute a frozen directory; nothing else is read.")
        again.add_argument("directory", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        directory: Path = options["directory"]
        try:
            settlement = recompute(directory)
        except (MalformedInput, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{settlement.policy.week}: {len(settlement.lines)} creators, inputs {settlement.inputs_hash}"
        )
        self.stdout.write(f"Written: {directory / STATEMENT}, {directory / TOTALS}")
