"""The search for linked accounts, what operators and people do about it, and which weeks it counts for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from incentives import queries, tasks, weeks
from incentives.actions.going_on import go_on
from incentives.errors import Busy
from incentives.links import deciding, evidence, standing
from incentives.links.finding import CLEARED_FOR, find
from incentives.models import Award, Cluster, ClusterState, Evidence, LinkAppeal, Member
from planet.accounts.models import User
from planet.accounts.traces import KEPT
from planet.cashier.models import State
from planet.moderation.models import AuditEntry
from planet.notifications.models import Notification
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool
from tests.incentives.linking import share_address, share_block, share_device, share_name
from tests.together import together

NOW = weeks.begin(WEEK) + timedelta(days=3)
DAY = timedelta(days=1)


@pytest.fixture
def three(pool: Pool) -> list[User]:
    """Ann, Ben and Cat."""
    return [pool.viewer(name) for name in ("ann", "ben", "cat")]


def clusters(state: ClusterState) -> list[set[str]]:
    found = Cluster.objects.filter(state=state).order_by("pk")
    return [{member.person.handle for member in one.members.all()} for one in found]


def counting(now: datetime) -> dict[str, UUID]:
    people = list(User.objects.values_list("pk", flat=True))
    return {User.objects.get(pk=pk).handle: cluster for pk, cluster in queries.linked(people, at=now).items()}


def told(person: User) -> list[str]:
    return [one.group_key.partition(":")[0] for one in Notification.objects.filter(recipient=person).order_by("id")]


def linked(*people: User, now: datetime = NOW) -> Cluster:
    """A cluster that counts, by device and withdrawals."""
    share_device(*people, now=now)
    share_address(*people, now=now)
    find(now=now)
    return Cluster.objects.get(state=ClusterState.IN_FORCE, members__person=people[0])


# --- the search ------------------------------------------------------------------------------------------


def test_one_family_of_evidence_links_nobody(three: list[User]) -> None:
    share_device(*three, now=NOW)
    share_device(*three, now=NOW)
    assert find(now=NOW) == {"lapsed": 0, "counted": 0, "proposed": 0, "stayed": 0}
    assert not Cluster.objects.exists()


def test_money_and_device_count_at_once_and_who_is_in_it_is_told(three: list[User]) -> None:
    ann, ben, cat = three
    cluster = linked(ann, ben)
    assert (cluster.confidence, cluster.in_force_at, cluster.expires_at) == (990, NOW, NOW + standing.LASTS)
    assert counting(NOW) == {"ann": cluster.pk, "ben": cluster.pk}
    assert (told(ann), told(ben), told(cat)) == (["linked_began"], ["linked_began"], [])


def test_a_household_is_asked_about_and_counts_when_an_operator_says_so(pool: Pool, three: list[User]) -> None:
    ann, ben, _ = three
    share_device(ann, ben, now=NOW)
    share_block(ann, ben, now=NOW)
    find(now=NOW)
    assert clusters(ClusterState.PROPOSED) == [{"ann", "ben"}]
    assert (counting(NOW), told(ann)) == ({}, [])

    cluster = Cluster.objects.get()
    deciding.confirm(actor=pool.olga, cluster_id=cluster.pk, reason="Same photos.", now=NOW + DAY)

    assert (counting(NOW), counting(NOW + DAY)) == ({}, {"ann": cluster.pk, "ben": cluster.pk})
    assert told(ann) == ["linked_began"]
    assert AuditEntry.objects.get(action="links.confirm").actor == pool.olga
    with pytest.raises(deciding.NotLive):
        deciding.confirm(actor=pool.olga, cluster_id=cluster.pk, reason="Again.", now=NOW + DAY)


def test_the_evidence_says_which_families_and_how_much_and_nothing_raw(three: list[User]) -> None:
    ann, ben, cat = three
    share_device(ann, ben, now=NOW)
    share_block(ann, ben, now=NOW)
    share_block(ann, cat, now=NOW)
    share_name(ann, ben)
    find(now=NOW)
    row = Evidence.objects.get()
    assert (row.device, row.block, row.name, row.funding, row.mutual, row.confidence) == (
        900,
        700,
        500,
        None,
        None,
        985,
    )
    assert row.facts == {
        "device": {"people": 2}, "block": {"days": 7, "hours": 14, "people": 2}, "name": {"people": 2},
    }  # fmt: skip


def test_people_who_give_each_other_nearly_all_are_linked_with_a_second_family(pool: Pool) -> None:
    for one, other in (("ann", "ben"), ("ben", "ann")):
        pool.creator(one)
        for _ in range(5):
            pool.watched(one, other, seconds=180)
    pool.watched("ann", "cat", seconds=60)
    found = evidence.gather(NOW + 3 * DAY)
    (pair,) = found
    assert set(pair) == {pool.people["ann"].pk, pool.people["ben"].pk}
    assert {family: (one.strength, one.facts) for family, one in found[pair].items()} == {
        "mutual": (655, {"share": 937})  # 15 of the 16 points that Ann gave
    }


def test_people_who_also_give_others_are_not_mutual(pool: Pool) -> None:
    for one, other in (("ann", "ben"), ("ben", "ann"), ("ann", "cat"), ("ben", "cat")):
        pool.creator(one)
        for _ in range(5):
            pool.watched(one, other, seconds=180)
    assert not evidence.gather(NOW + 3 * DAY)


@pytest.mark.parametrize("state", [State.REQUESTED, State.FAILED])
def test_money_that_did_not_go_out_says_nothing(three: list[User], state: State) -> None:
    share_address(*three[:2], now=NOW, state=state)
    assert not evidence.gather(NOW)


def test_a_network_of_many_says_nothing(pool: Pool, three: list[User]) -> None:
    share_device(*three[:2], now=NOW)
    share_block(*three[:2], *(pool.viewer(f"guest{number}") for number in range(7)), now=NOW)
    found = evidence.gather(NOW)
    assert {str(family) for of in found.values() for family in of} == {"device"}


def test_other_hours_in_the_same_network_say_nothing(three: list[User]) -> None:
    ann, ben, _ = three
    share_device(ann, ben, now=NOW)
    share_block(ann, ben, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_blocktrace SET hours = 4 WHERE user_id = %s", [ann.pk])
    found = evidence.gather(NOW)
    assert {str(family) for of in found.values() for family in of} == {"device"}


def test_searching_twice_changes_nothing_but_how_long_it_lasts(three: list[User]) -> None:
    ann, ben, cat = three
    cluster = linked(ann, ben)
    share_device(ann, cat, now=NOW)
    share_block(ann, cat, now=NOW)
    find(now=NOW)
    before = sorted(Cluster.objects.values_list("pk", "state", "in_force_at"))

    done = find(now=NOW + DAY)

    assert (done["counted"], done["proposed"], done["stayed"]) == (0, 0, 2)
    assert sorted(Cluster.objects.values_list("pk", "state", "in_force_at")) == before
    cluster.refresh_from_db()
    assert cluster.expires_at == NOW + DAY + standing.LASTS
    assert told(ann) == ["linked_began"]


def test_a_third_account_makes_a_new_cluster_in_place_of_the_old(three: list[User]) -> None:
    ann, ben, cat = three
    old = linked(ann, ben)
    share_device(ben, cat, now=NOW)
    share_address(ben, cat, now=NOW)

    find(now=NOW + DAY)

    assert clusters(ClusterState.EXPIRED) == [{"ann", "ben"}]
    assert clusters(ClusterState.IN_FORCE) == [{"ann", "ben", "cat"}]
    assert counting(NOW) == {"ann": old.pk, "ben": old.pk}
    assert set(counting(NOW + DAY)) == {"ann", "ben", "cat"}
    assert (told(ann), told(cat)) == (["linked_began"], ["linked_began"])


def test_without_new_evidence_a_cluster_runs_out_at_its_time(three: list[User]) -> None:
    cluster = linked(*three[:2])
    late = NOW + KEPT + 2 * DAY  # the device is forgotten, the address is not
    assert find(now=late)["lapsed"] == 1
    cluster.refresh_from_db()
    assert (cluster.state, cluster.ended_at) == (ClusterState.EXPIRED, NOW + standing.LASTS)
    assert not Member.objects.filter(is_in_force=True).exists()
    over = NOW + standing.LASTS
    assert (set(counting(over - DAY)), counting(over)) == ({"ann", "ben"}, {})


def test_what_counted_then_stays_so_whatever_becomes_of_it(pool: Pool, three: list[User]) -> None:
    cluster = linked(*three[:2])
    then = counting(NOW + DAY)
    deciding.dismiss(actor=pool.olga, cluster_id=cluster.pk, reason="Sisters.", now=NOW + 2 * DAY)
    assert counting(NOW + DAY) == then == {"ann": cluster.pk, "ben": cluster.pk}
    assert counting(NOW + 2 * DAY) == {}


def test_what_an_operator_dismissed_does_not_come_back_by_the_same_evidence(pool: Pool, three: list[User]) -> None:
    ann, ben, _ = three
    cluster = linked(ann, ben)
    deciding.dismiss(actor=pool.olga, cluster_id=cluster.pk, reason="Sisters.", now=NOW)
    assert told(ann) == ["linked_began", "linked_over"]

    share_device(ann, ben, now=NOW + DAY)
    assert find(now=NOW + DAY)["counted"] == 0
    share_name(ann, ben)
    assert find(now=NOW + DAY)["counted"] == 1
    assert clusters(ClusterState.IN_FORCE) == [{"ann", "ben"}]


def test_after_half_a_year_the_same_evidence_speaks_again(pool: Pool, three: list[User]) -> None:
    ann, ben, _ = three
    cluster = linked(ann, ben)
    deciding.dismiss(actor=pool.olga, cluster_id=cluster.pk, reason="Sisters.", now=NOW)
    share_device(ann, ben, now=NOW + CLEARED_FOR)
    assert find(now=NOW + CLEARED_FOR)["counted"] == 1


@pytest.mark.django_db(transaction=True)
def test_many_searches_at_once_make_one_cluster(three: list[User]) -> None:
    share_device(*three, now=NOW)
    share_address(*three, now=NOW)
    errors = together(lambda _: find(now=NOW))
    assert all(isinstance(error, Busy) for error in errors)
    assert clusters(ClusterState.IN_FORCE) == [{"ann", "ben", "cat"}]
    assert told(three[0]) == ["linked_began"]


def test_a_search_that_breaks_off_leaves_nothing(three: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    share_device(*three, now=NOW)
    share_address(*three, now=NOW)
    with monkeypatch.context() as cut:
        cut.setattr(standing, "put_in_force", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            find(now=NOW)
    assert not Cluster.objects.exists()
    assert find(now=NOW)["counted"] == 1


def test_the_clock_searches(three: list[User]) -> None:
    tasks.find_links()


def test_the_number_of_statements_does_not_grow_with_what_stays(pool: Pool, django_assert_max_num_queries: Any) -> None:
    for pair in range(6):
        people = [pool.viewer(f"p{pair}{side}") for side in "ab"]
        share_device(*people, now=NOW)
        share_address(*people, now=NOW)
    find(now=NOW)
    with django_assert_max_num_queries(24):
        assert find(now=NOW + DAY)["stayed"] == 6


# --- appeals ---------------------------------------------------------------------------------------------


def test_an_appeal_is_made_once_and_the_first_stays(three: list[User]) -> None:
    ann, ben, cat = three
    linked(ann, ben)
    first = deciding.appeal(person=ann, text="We are sisters.", now=NOW)
    assert deciding.appeal(person=ann, text="Really.", now=NOW + DAY) == first
    assert LinkAppeal.objects.get().text == "We are sisters."
    with pytest.raises(deciding.NotLinked):
        deciding.appeal(person=cat, text="And I?", now=NOW)
    with pytest.raises(deciding.NothingSaid):
        deciding.appeal(person=ben, text=" \n", now=NOW)


def test_an_accepted_appeal_takes_one_account_out_and_the_others_go_on(pool: Pool, three: list[User]) -> None:
    ann, ben, cat = three
    linked(ann, ben, cat)
    appeal = deciding.appeal(person=ann, text="A cousin's phone.", now=NOW)

    deciding.answer(actor=pool.olga, appeal_id=appeal.pk, accept=True, reason="Seen the papers.", now=NOW + DAY)

    assert set(counting(NOW)) == {"ann", "ben", "cat"}
    assert set(counting(NOW + DAY)) == {"ben", "cat"}
    assert told(ann) == ["linked_began", "linked_accepted"]
    assert told(ben) == ["linked_began"]
    assert find(now=NOW + DAY)["counted"] == 0
    assert set(counting(NOW + DAY)) == {"ben", "cat"}
    with pytest.raises(deciding.NotLive):
        deciding.answer(actor=pool.otto, appeal_id=appeal.pk, accept=False, reason="No.", now=NOW + DAY)


def test_an_accepted_appeal_of_one_of_two_ends_the_cluster(pool: Pool, three: list[User]) -> None:
    ann, ben, _ = three
    linked(ann, ben)
    appeal = deciding.appeal(person=ann, text="A cousin's phone.", now=NOW)
    deciding.answer(actor=pool.olga, appeal_id=appeal.pk, accept=True, reason="Right.", now=NOW + DAY)
    assert (counting(NOW + DAY), clusters(ClusterState.DISMISSED)) == ({}, [{"ann", "ben"}])
    assert told(ben) == ["linked_began", "linked_over"]


def test_a_refused_appeal_changes_nothing_and_is_told(pool: Pool, three: list[User]) -> None:
    ann, ben, _ = three
    cluster = linked(ann, ben)
    appeal = deciding.appeal(person=ann, text="A cousin's phone.", now=NOW)
    deciding.answer(actor=pool.olga, appeal_id=appeal.pk, accept=False, reason="Same face.", now=NOW + DAY)
    assert counting(NOW + DAY) == {"ann": cluster.pk, "ben": cluster.pk}
    newest = Notification.objects.filter(recipient=ann).latest("id")
    assert (newest.group_key, newest.excerpt) == (f"linked_refused:{cluster.pk}", "Same face.")
    assert AuditEntry.objects.get(action="links.refused").reason == "Same face."


def test_no_operator_decides_about_their_own_accounts(pool: Pool) -> None:
    cluster = linked(pool.olga, pool.viewer("ann"))
    appeal = deciding.appeal(person=pool.olga, text="Not me.", now=NOW)
    with pytest.raises(deciding.OwnAccount):
        deciding.dismiss(actor=pool.olga, cluster_id=cluster.pk, reason="Not me.", now=NOW)
    with pytest.raises(deciding.OwnAccount):
        deciding.answer(actor=pool.olga, appeal_id=appeal.pk, accept=True, reason="Not me.", now=NOW)
    assert set(counting(NOW)) == {"olga", "ann"}


@pytest.mark.django_db(transaction=True)
def test_confirmed_by_many_at_once_it_is_confirmed_once(pool: Pool, three: list[User]) -> None:
    share_device(*three, now=NOW)
    share_block(*three, now=NOW)
    find(now=NOW)
    cluster = Cluster.objects.get()
    errors = together(lambda _: deciding.confirm(actor=pool.olga, cluster_id=cluster.pk, reason="Yes.", now=NOW))
    assert [type(error) for error in errors] == [deciding.NotLive] * 5
    assert AuditEntry.objects.filter(action="links.confirm").count() == 1


# --- what the database refuses ---------------------------------------------------------------------------

REFUSED = {
    "one family": "UPDATE incentives_evidence SET funding = NULL",
    "a beginning is moved": "UPDATE incentives_cluster SET in_force_at = in_force_at - interval '1 day'",
    "it lasts shorter": "UPDATE incentives_cluster SET expires_at = expires_at - interval '1 day'",
    "it is deleted": "DELETE FROM incentives_cluster",
    "it ends before it began": """UPDATE incentives_cluster
        SET state = 'expired', ended_at = in_force_at - interval '1 s'""",
    "what is over is changed": """UPDATE incentives_cluster SET state = 'expired', ended_at = expires_at;
        UPDATE incentives_cluster SET state = 'in_force', ended_at = NULL""",
    "somebody joins": """INSERT INTO incentives_member (cluster_id, person_id, is_in_force)
        SELECT c.id, u.id, true FROM incentives_cluster c, accounts_user u WHERE u.handle = 'cat'""",
    "somebody is exchanged": """UPDATE incentives_member
        SET person_id = (SELECT id FROM accounts_user WHERE handle = 'cat')""",
    "a second appeal": """INSERT INTO incentives_linkappeal (cluster_id, person_id, text, created_at, answer)
        SELECT cluster_id, person_id, 'x', now(), '' FROM incentives_member, generate_series(1, 2)""",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(three: list[User], statement: str) -> None:
    linked(*three[:2])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- a week --------------------------------------------------------------------------------------------------


def test_a_linked_pair_counts_as_the_root_of_the_sum_of_their_squares(pool: Pool) -> None:
    """Ann and Ben look at Alice for a minute each, Dan at Carol: 1 point each, and 100 USDT in the pool.

    Unlinked Alice has 2 of 3 points. Linked she has √2 of √2 + 1: 58.578644 of 100 USDT.
    """
    pool.policy()
    pool.fund(1000 * USDT)
    for viewer, creator in (("ann", "alice"), ("ben", "alice"), ("dan", "carol")):
        pool.watched(viewer, creator, seconds=60)
    linked(pool.people["ann"], pool.people["ben"])

    go_on(now=CLOSED)

    earned = {award.creator.handle: award.amount_units for award in Award.objects.all()}
    assert earned == {"alice": 58_578_644, "carol": 41_421_356}


def test_a_pair_dismissed_before_the_week_was_over_counts_by_themselves(pool: Pool) -> None:
    pool.policy()
    pool.fund(1000 * USDT)
    for viewer, creator in (("ann", "alice"), ("ben", "alice"), ("dan", "carol")):
        pool.watched(viewer, creator, seconds=60)
    cluster = linked(pool.people["ann"], pool.people["ben"])
    deciding.dismiss(actor=pool.olga, cluster_id=cluster.pk, reason="Sisters.", now=weeks.end(WEEK) - DAY)

    go_on(now=CLOSED)

    earned = {award.creator.handle: award.amount_units for award in Award.objects.all()}
    assert earned == {"alice": 66_666_667, "carol": 33_333_333}
