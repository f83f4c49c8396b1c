"""`manage.py treasury …`: what the platform has, and money that its operator puts in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from planet.accounts.models import User
from planet.cashier.actions.funding import fund
from planet.cashier.providers import chosen
from planet.ledger.actions import account_of
from planet.ledger.amounts import exact
from planet.ledger.assets import LARGEST, Asset, written
from planet.ledger.errors import OtherBody
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import balance_of
from planet.moderation.actions import ReasonMissing


class Command(BaseCommand):
    """The treasury: the weekly pool is taken from it."""

    help = "Shows what the treasury and the pool hold, and puts the operator's USDT into the treasury."

    def add_arguments(self, parser: CommandParser) -> None:
        """Look, or put in."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("show", help="What the treasury and the weekly pool hold.")
        put = commands.add_parser("fund", help="Put USDT in. The same key again moves nothing.")
        put.add_argument("amount", help="USDT, such as 25000 or 25000.50.")
        put.add_argument("--key", required=True, help="What names this payment once: your bank's or chain's reference.")
        put.add_argument("--reason", required=True, help="For the audit log.")
        put.add_argument("--by", required=True, metavar="HANDLE", help="The operator who answers for it.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        if options["command"] == "fund":
            self._fund(options)
        for kind in (AccountKind.TREASURY, AccountKind.POOL):
            account = account_of(None, kind, Asset.USDT)
            self.stdout.write(f"{kind.value:9} {written(balance_of(account), Asset.USDT):>20} USDT")

    def _fund(self, options: dict[str, Any]) -> None:
        try:
            units = exact(options["amount"], Asset.USDT)
        except ValueError as error:
            raise CommandError(f"{error}. Write USDT with up to six decimals, such as 25000.50.") from None
        key, actor = options["key"].strip(), User.objects.filter(handle=options["by"].removeprefix("@")).first()
        if units > LARGEST:
            raise CommandError("The ledger moves no more than 10^30 base units at once.")
        if not 0 < len(key) <= 80:
            raise CommandError("A key has 1 to 80 characters.")
        if actor is None or not (actor.is_staff and actor.is_active):
            raise CommandError(f"{options['by']} is no operator here.")
        provider, reason = chosen().name, options["reason"]
        try:
            _, is_new = fund(actor=actor, provider=provider, units=units, key=key, reason=reason, now=timezone.now())
        except OtherBody:
            raise CommandError("Another payment has this key: nothing was moved.") from None
        except ReasonMissing:
            raise CommandError("A reason is missing: nothing was moved.") from None
        whose = "test money" if provider == "sandbox" else "USDT"
        done = f"Put in: {written(units, Asset.USDT)} {whose}." if is_new else "Put in before: nothing was moved."
        self.stdout.write(done)
