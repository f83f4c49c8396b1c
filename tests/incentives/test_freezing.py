"""The freeze: everything that a week is computed from, once, whoever tries and whatever breaks."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from incentives import archive, queries
from incentives.actions import gathering
from incentives.actions.freezing import freeze
from incentives.errors import NoPolicy, NotComplete, OutOfOrder, TooEarly, TreasuryShort
from incentives.models import Award, Settlement, State
from incentives.pseudonyms import IN_SQL, keys, pseudonym
from incentives.settlement import frozen
from incentives.settlement.frozen import inputs_hash
from incentives.settlement.statement import settle
from incentives.values import standing_permille, value_nano
from incentives.weeks import WEEK as SEVEN_DAYS
from planet.accounts.models import KycState, User
from planet.engagement.models import Progress
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import POOL_FUNDS, SETTLEMENT, AccountKind
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool


def files(settlement: Settlement) -> dict[str, str]:
    return {name: archive.read(settlement.folder, name).decode() for name in frozen.FILES}


def rows(settlement: Settlement, name: str) -> list[str]:
    return files(settlement)[name].splitlines()[1:]


def test_a_frozen_week_is_what_the_computation_takes(week: Pool) -> None:
    week.watched("bob", "alice", seconds=500)

    settlement = freeze(week=WEEK, now=CLOSED)

    assert settlement.state == State.CLOSED
    assert (settlement.active_viewers, settlement.funded_units, settlement.pool_units) == (1, 100 * USDT, 100 * USDT)
    assert week.holds() == 100 * USDT
    with archive.fetched(settlement.folder, settlement.inputs_sha256) as directory:
        assert inputs_hash(directory) == settlement.inputs_sha256
        found = settle(directory)
    assert [line.amount_units for line in found.lines] == [100 * USDT]
    assert sorted(row.split(",")[3] for row in rows(settlement, "units.csv")) == ["180", "60"]


def test_everybody_stands_under_a_name_of_that_week(week: Pool) -> None:
    content = week.watched("bob", "alice")
    real = [str(one) for one in (week.people["bob"].pk, week.people["alice"].pk, content)]

    settlement = freeze(week=WEEK, now=CLOSED)

    text = "".join(files(settlement).values())
    assert not [one for one in real if one in text]
    names = [str(pseudonym(bytes(settlement.salt), UUID(one))) for one in real]
    assert ",".join(names) in text
    assert str(Award.objects.get().pseudonym) == names[1]


def test_who_looks_and_makes_has_one_name(week: Pool) -> None:
    week.creator("bob")
    week.watched("alice", "bob")

    settlement = freeze(week=WEEK, now=CLOSED)

    viewers = {row.split(",")[0] for row in rows(settlement, "viewers.csv")}
    assert viewers == {row.split(",")[0] for row in rows(settlement, "creators.csv")}


def test_a_name_is_the_same_in_python_and_in_sql_and_another_with_another_salt(db: None) -> None:
    real, salt = uuid4(), b"salt" * 8
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IN_SQL.format('%(id)s::uuid')}", {"id": real, **keys(salt)})
        assert cursor.fetchone()[0] == pseudonym(salt, real) != pseudonym(b"other" * 6, real)


def test_freezing_twice_is_freezing_once(week: Pool) -> None:
    first = freeze(week=WEEK, now=CLOSED)
    week.watched("charlie", "dora")

    again = freeze(week=WEEK, now=CLOSED + timedelta(days=1))

    assert (again.inputs_sha256, again.closed_at, again.pk) == (first.inputs_sha256, CLOSED, first.pk)
    assert Award.objects.count() == 1
    assert week.holds() == 100 * USDT


@pytest.mark.parametrize("broken", ["keep", "move"], ids=str)
def test_broken_off_anywhere_the_next_run_comes_to_the_same_bytes(
    week: Pool, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    class PowerCut(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    target = "incentives.archive.keep" if broken == "keep" else "incentives.actions.freezing.move"
    with monkeypatch.context() as patched:
        patched.setattr(target, cut)
        with pytest.raises(PowerCut):
            freeze(week=WEEK, now=CLOSED)
    left = Settlement.objects.get()
    assert (left.state, Award.objects.count(), week.holds()) == (State.OPEN, 0, 0)

    settlement = freeze(week=WEEK, now=CLOSED)

    assert bytes(settlement.salt) == bytes(left.salt)
    assert settlement.state == State.CLOSED
    with archive.fetched(settlement.folder, settlement.inputs_sha256) as directory:
        assert settle(directory).inputs_hash == settlement.inputs_sha256


def test_a_cut_file_of_a_run_before_is_replaced(week: Pool, storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("incentives.actions.freezing.move", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            freeze(week=WEEK, now=CLOSED)
    (cut,) = storage.rglob("units.csv")
    cut.write_bytes(b"half a li")

    settlement = freeze(week=WEEK, now=CLOSED)

    with archive.fetched(settlement.folder, settlement.inputs_sha256):
        assert len(list(storage.rglob("units.csv"))) == 1


def test_a_week_is_frozen_two_hours_after_it_is_over_and_no_earlier(week: Pool) -> None:
    with pytest.raises(TooEarly):
        freeze(week=WEEK, now=CLOSED - timedelta(seconds=1))
    assert not Settlement.objects.exists()


def test_what_waits_to_be_written_down_is_waited_for(week: Pool) -> None:
    Progress.objects.update(drained_at=CLOSED - timedelta(days=1))
    with pytest.raises(NotComplete):
        freeze(week=WEEK, now=CLOSED)
    assert week.holds() == 0


def test_a_week_waits_for_the_one_before(week: Pool) -> None:
    freeze(week=WEEK, now=CLOSED)
    with pytest.raises(OutOfOrder):
        freeze(week=WEEK + SEVEN_DAYS, now=CLOSED + SEVEN_DAYS)


def test_without_a_policy_nothing_is_settled(pool: Pool) -> None:
    with pytest.raises(NoPolicy):
        freeze(week=WEEK, now=CLOSED)
    assert queries.next_due(CLOSED) is None


def test_a_treasury_that_is_short_promises_nothing(pool: Pool) -> None:
    pool.policy()
    pool.fund(100 * USDT - 1)
    with pytest.raises(TreasuryShort):
        freeze(week=WEEK, now=CLOSED)
    assert Settlement.objects.get().state == State.OPEN
    assert pool.holds(AccountKind.TREASURY) == 100 * USDT - 1


def test_the_pool_grows_with_active_viewers_up_to_the_budget(week: Pool) -> None:
    policy = week.policy(base_units=5, per_viewer_units=3, most_units=10)

    assert [policy.pool_units(viewers) for viewers in (0, 1, 2)] == [5, 8, 10]
    assert freeze(week=WEEK, now=CLOSED).funded_units == 8


def test_what_is_left_in_the_pool_rolls_over(week: Pool) -> None:
    treasury, left = (account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL))
    move(kind=POOL_FUNDS, source=treasury, target=left, units=7, key="left", actor=None, now=CLOSED)

    settlement = freeze(week=WEEK, now=CLOSED)

    assert (settlement.rolled_in_units, settlement.pool_units) == (7, 100 * USDT + 7)


def owe(pool: Pool, name: str, units: int) -> None:
    """Credit somebody from the pool without a payout."""
    pool.fund(units)
    accounts = [account_of(None, kind, Asset.USDT) for kind in (AccountKind.TREASURY, AccountKind.POOL)]
    accrued = account_of(pool.creator(name), AccountKind.ACCRUED, Asset.USDT)
    move(kind=POOL_FUNDS, source=accounts[0], target=accounts[1], units=units, key=f"f{name}", actor=None, now=CLOSED)
    move(kind=SETTLEMENT, source=accounts[1], target=accrued, units=units, key=f"s{name}", actor=None, now=CLOSED)


def test_what_is_accrued_is_on_the_table_even_of_those_nobody_looked_at(week: Pool) -> None:
    owe(week, "carol", 12)

    settlement = freeze(week=WEEK, now=CLOSED)

    assert sorted(row.split(",", 1)[1] for row in rows(settlement, "creators.csv")) == ["1000,,0", "1000,,12"]


def test_who_may_not_be_paid_keeps_what_is_accrued(week: Pool) -> None:
    owe(week, "carol", 12)
    week.change("carol", kyc_state=KycState.EXPIRED)
    owe(week, "dora", 13)
    week.change("dora", is_active=False)

    settlement = freeze(week=WEEK, now=CLOSED)

    assert sorted(row.split(",", 1)[1] for row in rows(settlement, "creators.csv")) == ["0,,0", "1000,,0", "1000,,0"]
    assert week.has("carol", AccountKind.ACCRUED) == 12


def test_what_was_given_to_somebody_who_is_no_more_goes_to_nobody(week: Pool) -> None:
    week.watched("bob", "zoe")
    zoe = week.people["zoe"]
    zoe.creator.delete()
    User.objects.filter(pk=zoe.pk).delete()

    settlement = freeze(week=WEEK, now=CLOSED)

    assert len(rows(settlement, "creators.csv")) == len(rows(settlement, "units.csv")) == 1


def test_who_is_no_more_is_found_without_reading_everybody_for_each_row(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(gathering._TABLES)
        cursor.execute(f"EXPLAIN {gathering._GONE}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Anti Join" in plan
    assert "SubPlan" not in plan


def test_linked_people_share_the_name_of_their_cluster(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = uuid4()
    monkeypatch.setattr(queries, "linked", lambda people, at: dict.fromkeys(people, cluster))

    settlement = freeze(week=WEEK, now=CLOSED)

    name = str(pseudonym(bytes(settlement.salt), cluster))
    assert rows(settlement, "viewers.csv")[0].endswith(f",{name}")
    assert rows(settlement, "creators.csv")[0].endswith(f",{name},0")


def test_a_week_that_could_not_be_worked_out_is_not_closed(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    week.watched("alice", "bob")  # both look and make
    with monkeypatch.context() as changed:  # a link that is made between two reads
        changed.setattr(queries, "linked", lambda people, at: dict.fromkeys(people, uuid4()))
        with pytest.raises(frozen.MalformedInput, match="another cluster"):
            freeze(week=WEEK, now=CLOSED)
    assert (Settlement.objects.get().state, week.holds()) == (State.OPEN, 0)

    assert freeze(week=WEEK, now=CLOSED).state == State.CLOSED


def test_a_viewers_value_follows_trust_and_trading() -> None:
    def value(level: int, fees: str = "0", volume: str = "0", *, is_active: bool = True) -> int:
        return value_nano(level, is_active=is_active, fees=Decimal(fees), volume=Decimal(volume))

    assert [value(level) for level in range(4)] == [500_000_000, 800_000_000, 10**9, 1_200_000_000]
    assert value(2, fees="9") == 1_250_000_000  # 0.25 · log₁₀ 10
    assert value(2, volume="9000") == 1_050_000_000
    assert value(3, fees="9e40", volume="9e40") == 3_600_000_000  # the bonus is at most 2
    assert value(2, fees="1") == 1_075_257_499  # 0.25 · 0.30102999566…
    assert value(3, fees="99", is_active=False) == 0
    for amount in ("-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="no amounts"):
            value(2, fees=amount)


def test_strikes_halve_and_then_take_the_standing() -> None:
    assert [standing_permille(strikes) for strikes in range(4)] == [1000, 500, 0, 0]
    with pytest.raises(ValueError, match="-1 strikes"):
        standing_permille(-1)
