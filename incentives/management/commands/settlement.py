"""`manage.py settlement …`: each step by hand, proof that a week is right, a published week worked out."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from incentives import checking, simulation, weeks
from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.actions.paying import pay
from incentives.errors import Tampered, Waits, WrongState
from incentives.models import Settlement
from incentives.settlement.frozen import MalformedInput
from incentives.settlement.statement import STATEMENT, TOTALS, recompute

STEPS: Final[dict[str, tuple[Callable[..., Settlement], str]]] = {
    "freeze": (freeze, "Write the inputs of a week down, two hours after its end, and fund its pool."),
    "compute": (compute, "Work a frozen week out; pays nobody."),
    "pay": (pay, "Pay a week that two operators approved."),
}


def week(text: str) -> date:
    """A week such as 2026-W47."""
    return weeks.parse(text)


class Command(BaseCommand):
    """The settlement of a week. Each step can be repeated: what was done stays."""

    help = "The settlement of a week: by the operator, and for whoever wants to check it."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        commands = parser.add_subparsers(dest="command", required=True)
        for name, (_, text) in STEPS.items():
            commands.add_parser(name, help=text).add_argument("week", type=week)
        right = commands.add_parser("verify", help="Prove that a week is what its frozen inputs come to.")
        right.add_argument("week", type=week)
        again = commands.add_parser("recompute", help="Compute a frozen directory; nothing else is read.")
        again.add_argument("directory", type=Path)
        other = commands.add_parser("simulate", help="What another policy would have paid; changes nothing.")
        other.add_argument("--week", type=week, required=True)
        other.add_argument("--policy", type=Path, required=True, help="JSON with the keys of policy.json that differ.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        command: str = options["command"]
        try:
            if command in STEPS:
                self._step(command, options["week"])
            else:
                getattr(self, f"_{command}")(options)
        except Waits as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        except WrongState as error:
            raise CommandError(f"The week is {error}.") from error
        except (MalformedInput, Tampered, OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _step(self, command: str, wanted: date) -> None:
        do, _ = STEPS[command]
        settlement = do(week=wanted, now=timezone.now())
        self.stdout.write(f"{settlement.name}: {settlement.state}, inputs {settlement.inputs_sha256}")

    def _verify(self, options: dict[str, Any]) -> None:
        found = list(checking.findings(self._settlement(options["week"])))
        for finding in found:
            self.stderr.write(finding)
        if found:
            sys.exit(1)
        self.stdout.write("The week is right.")

    def _recompute(self, options: dict[str, Any]) -> None:
        directory: Path = options["directory"]
        settlement = recompute(directory)
        self.stdout.write(
            f"{settlement.policy.week}: {len(settlement.lines)} creators, inputs {settlement.inputs_hash}"
        )
        self.stdout.write(f"Written: {directory / STATEMENT}, {directory / TOTALS}")

    def _simulate(self, options: dict[str, Any]) -> None:
        changed = json.loads(options["policy"].read_text(encoding="utf-8"))
        if not isinstance(changed, dict):
            raise CommandError("The policy is no JSON object.")
        for line in simulation.report(self._settlement(options["week"]), changed):
            self.stdout.write(line)

    def _settlement(self, wanted: date) -> Settlement:
        found = Settlement.objects.filter(week=wanted).first()
        if found is None:
            raise CommandError(f"{weeks.name_of(wanted)} was never opened.")
        return found
