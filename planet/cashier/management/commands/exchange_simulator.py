"""`manage.py exchange_simulator`: a local wallet service for development."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from planet.cashier.providers.simulator import Server


class Command(BaseCommand):
    """Runs the simulator until it is stopped."""

    help = "Runs a local wallet service for WALLET_PROVIDER=exchange; set EXCHANGE_WALLET_URL to the address it prints."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: the port."""
        parser.add_argument("--port", type=int, default=8091)

    def handle(self, *args: Any, port: int, **options: Any) -> None:  # noqa: ARG002
        """Serve."""
        if settings.PRODUCTION:
            raise CommandError("The simulator pays nobody: it does not run in production.")
        if not settings.EXCHANGE_WALLET_SECRET:
            raise CommandError("Set EXCHANGE_WALLET_SECRET, the same for the simulator and for Planet.")
        server = Server(("127.0.0.1", port), settings.EXCHANGE_WALLET_SECRET)
        self.stdout.write(f"Wallet service at {server.url}")
        server.serve_forever()
