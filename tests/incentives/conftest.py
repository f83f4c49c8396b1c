"""A planet with a pool: a policy, a treasury, and people who looked at what others made."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from incentives import weeks
from incentives.actions import policies
from incentives.models import Policy
from planet.accounts.models import KycState, User
from planet.engagement.models import Day, Progress
from planet.ledger import queries as ledger
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import OPERATOR_FUNDS, AccountKind
from planet.ledger.models import Account
from tests.factories import known, make_creator, make_user

WEEK = date(2026, 11, 9)  # 2026-W46
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
CLOSED = weeks.freezes_at(WEEK)
USDT = 10**6
RULES: dict[str, int] = {
    "base_units": 100 * USDT, "per_viewer_units": 0, "most_units": 1000 * USDT, "minimum_units": USDT,
    "budget_nano": 12 * 10**9, "cap_bp": 10_000, "minute_nano": 10**9, "like_nano": 10**9 // 2,
    "bookmark_nano": 10**9 // 2, "comment_nano": 3 * 10**9, "share_nano": 2 * 10**9, "component_nano": 10**9,
}  # fmt: skip
_keys = itertools.count()


@dataclass
class Pool:
    """The pool with Olga and Otto, its operators."""

    olga: User
    otto: User
    people: dict[str, User] = field(default_factory=dict)

    def creator(self, name: str) -> User:
        """A creator of that name, who may be paid."""
        if name not in self.people:
            self.people[name] = make_creator(name).user
            self.change(name, kyc_state=KycState.APPROVED)
        return self.people[name]

    def viewer(self, name: str, trust_level: int = 2) -> User:
        """Somebody whose attention counts, at first for exactly one."""
        if name not in self.people:
            self.people[name] = make_user(name, kyc_state=KycState.APPROVED, trust_level=trust_level)
        return self.people[name]

    def change(self, name: str, **fields: Any) -> None:
        """What becomes of somebody."""
        User.objects.filter(pk=self.people[name].pk).update(**fields)
        self.people[name].refresh_from_db()

    def watched(self, viewer: str, creator: str, *, seconds: int = 60, week: date = WEEK) -> UUID:
        """`viewer` looked at a content of `creator` for so long; the content."""
        content = uuid4()
        Day.objects.create(
            content_id=content, viewer_id=self.viewer(viewer).pk, creator_id=self.creator(creator).pk, is_guest=False,
            day=week + timedelta(days=2), impressions=1, dwell_ms=seconds * 1000, hours=1,
        )  # fmt: skip
        return content

    def policy(self, starts: date = WEEK, now: datetime = BEFORE, **changed: int) -> Policy:
        """The next version of the policy."""
        return policies.write(actor=self.olga, starts=starts, reason="As agreed.", now=now, **{**RULES, **changed})

    def fund(self, units: int) -> None:
        """Money of the operator in the treasury."""
        outside, treasury = (
            account_of(None, kind, Asset.USDT) for kind in (AccountKind.EXTERNAL, AccountKind.TREASURY)
        )
        key = f"fund-{next(_keys)}"
        move(kind=OPERATOR_FUNDS, source=outside, target=treasury, units=units, key=key, actor=None, now=BEFORE)

    def has(self, name: str, kind: AccountKind = AccountKind.AVAILABLE) -> int:
        """What somebody has, in base units."""
        return ledger.balance_of(account_of(self.people[name], kind, Asset.USDT))

    def holds(self, kind: AccountKind = AccountKind.POOL) -> int:
        """What the platform has, in base units."""
        account = Account.objects.filter(owner=None, kind=kind, asset=Asset.USDT).first()
        return ledger.balance_of(account) if account else 0


def nothing_waits(now: datetime = CLOSED) -> None:
    """Attention is written down up to then."""
    Progress.objects.update_or_create(pk=1, defaults={"drained_at": now + timedelta(days=365)})


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """A storage of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def pool(db: None) -> Pool:
    """A pool without policy and without money."""
    nothing_waits()
    olga, otto = (known(make_user(name, is_staff=True, is_superuser=True)) for name in ("olga", "otto"))
    return Pool(olga, otto)


@pytest.fixture
def week(pool: Pool) -> Pool:
    """A pool of 100 USDT, and a week in which Bob looked at a content of Alice for a minute."""
    pool.policy()
    pool.fund(1000 * USDT)
    pool.watched("bob", "alice")
    return pool
