"""People with money, a wallet service that really answers, and a second factor."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from planet.accounts.models import KycState, User
from planet.cashier.actions import withdrawing
from planet.cashier.models import Withdrawal
from planet.cashier.providers import Answer, Payout, Progress
from planet.cashier.providers.exchange import Exchange
from planet.cashier.providers.sandbox import Sandbox
from planet.cashier.providers.simulator import Server
from planet.ledger.assets import Asset
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import balances
from tests.cast import Cast
from tests.factories import fill, known, make_user
from tests.ledger.conftest import NOW

__all__ = ["NOW", "USDT"]

USDT = 1_000_000
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # from EIP-55
TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"  # USDT's own contract
SECRET = "a secret of the exchange's wallet service"


@dataclass
class Recorder:
    """A provider in this process: it pays each key once, and does what a test tells it."""

    name: str = "sandbox"
    progress: Progress = Progress.PENDING
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.paid: dict[Any, int] = {}
        self.asked = 0

    def address(self, *, account: Any, network: str) -> str:
        return f"{network}:{account}"

    def send(self, payout: Payout) -> Answer:
        self.asked += 1
        self.paid.setdefault(payout.key, payout.units)
        if self.error:
            raise self.error
        return Answer(f"ref-{payout.key}", self.progress)

    def find(self, payout: Payout) -> Answer | None:
        return Answer(f"ref-{payout.key}", self.progress, reason="No such wallet") if payout.key in self.paid else None


@pytest.fixture
def rich(cast: Cast) -> Cast:
    """Bob is verified and has 100 USDT."""
    User.objects.filter(pk=cast.bob.pk).update(kyc_state=KycState.APPROVED)
    cast.bob.refresh_from_db()
    fill(cast.bob, 100 * USDT)
    return cast


def ask(cast: Cast, units: int = 10 * USDT, number: int = 1, **more: Any) -> Withdrawal:
    """Bob asks for a withdrawal."""
    wanted = {"provider": Sandbox(), "network": "ethereum", "address": ETHEREUM, "now": NOW, **more}
    return withdrawing.request(actor=cast.bob, units=units, number=number, **wanted)[0]


def approved(cast: Cast, **more: Any) -> Withdrawal:
    """And Olga lets it go."""
    return withdrawing.approve(actor=cast.olga, withdrawal=ask(cast, **more), reason="Known", now=NOW)


def has(person: User) -> tuple[int, int]:
    """Available and held, in base units."""
    units = next(one for one in balances(owner=person) if one.asset == Asset.USDT).units
    return units[AccountKind.AVAILABLE], units[AccountKind.HELD]


@pytest.fixture
def service(settings: Any) -> Iterator[Server]:
    """The exchange's wallet service, on a port of this machine."""
    server = Server(("127.0.0.1", 0), SECRET)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.WALLET_PROVIDER, settings.EXCHANGE_WALLET_URL = "exchange", server.url
    settings.EXCHANGE_WALLET_SECRET = SECRET
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def exchange(service: Server) -> Exchange:
    """Planet's side of it."""
    return Exchange(service.url, SECRET)


def second_factor(user: User, browser: Client, *, seconds_ago: float = 10) -> None:
    """The person has an authenticator app, and showed it in this browser a while ago."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def now() -> Any:
    """The time of the clock."""
    return timezone.now()


def operator(handle: str) -> User:
    """Somebody else who may decide, and is known."""
    return known(make_user(handle, is_staff=True, is_superuser=True))
