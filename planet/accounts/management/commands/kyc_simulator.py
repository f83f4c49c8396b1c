"""`manage.py kyc_simulator`: a local identity-check provider for development."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from planet.accounts.kyc.simulator import Server


class Command(BaseCommand):
    """Runs the simulator until it is stopped."""

    help = "Runs a local provider for KYC_PROVIDER=hosted; set KYC_HOSTED_URL to the address it prints."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: the port."""
        parser.add_argument("--port", type=int, default=8090)

    def handle(self, *args: Any, port: int, **options: Any) -> None:  # noqa: ARG002
        """Serve."""
        if settings.PRODUCTION:
            raise CommandError("The simulator approves whatever it is told to: it does not run in production.")
        if not settings.KYC_HOSTED_SECRET:
            raise CommandError("Set KYC_HOSTED_SECRET, the same for the simulator and for Planet.")
        server = Server(("127.0.0.1", port), settings.KYC_HOSTED_SECRET)
        self.stdout.write(f"KYC simulator at {server.url}")
        server.serve_forever()
