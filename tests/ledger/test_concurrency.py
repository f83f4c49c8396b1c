"""Many at once, on real connections; and the proof that without the lock it goes wrong."""

import pytest
from django.db import IntegrityError, connection

from planet.ledger import verify
from planet.ledger.actions import move
from planet.ledger.errors import Short
from planet.ledger.kinds import TIP
from planet.ledger.models import Transfer
from planet.ledger.queries import balance_of
from tests.factories import fill, make_user
from tests.ledger.conftest import NOW
from tests.together import together

# A sequence is seen by all at once, whoever has committed or not.
_TWO_ARE_HERE = """
    PERFORM nextval('arrived');
    WHILE (SELECT last_value FROM arrived) < 2 LOOP PERFORM pg_sleep(0.01); END LOOP;
"""

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_what_is_there_is_spent_once() -> None:
    bob, alice = fill(make_user("bob"), 6), fill(make_user("alice"))

    def pay(number: int) -> None:
        for turn in range(3):
            move(kind=TIP, source=bob, target=alice, units=1, key=f"{number}-{turn}", actor=None, now=NOW)

    errors = together(pay)

    assert {type(error) for error in errors} == {Short}
    assert (balance_of(bob), balance_of(alice)) == (0, 6)
    assert list(verify.findings()) == []


def test_one_key_is_one_transfer() -> None:
    bob, alice = fill(make_user("bob"), 5), fill(make_user("alice"))
    assert together(lambda _: move(kind=TIP, source=bob, target=alice, units=5, key="k", actor=None, now=NOW)) == []
    assert Transfer.objects.filter(kind="tip").count() == 1
    assert balance_of(alice) == 5


def test_payments_in_a_ring_do_not_block_each_other() -> None:
    purses = [fill(make_user(f"user{number}"), 100) for number in range(3)]

    def pay(number: int) -> None:
        for turn in range(8):
            source, target = purses[(number + turn) % 3], purses[(number + 2 * turn + 1) % 3]
            if source != target:
                key = f"{number}-{turn}"
                move(kind=TIP, source=source, target=target, units=3, key=key, actor=None, now=NOW)

    assert together(pay) == []
    assert sum(balance_of(purse) for purse in purses) == 300
    assert list(verify.findings()) == []


def test_without_the_lock_it_goes_wrong() -> None:
    """The control: were this to pass, the tests above would prove nothing."""
    bob, alice = fill(make_user("bob"), 2), fill(make_user("alice"))
    move(kind=TIP, source=bob, target=alice, units=1, key="first", actor=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_post'::regproc)")
        (locked,) = cursor.fetchone()
        unlocked = locked.replace("FOR NO KEY UPDATE OF a", "").replace("-- After the locks", f"{_TWO_ARE_HERE} --")
        assert unlocked.count("pg_sleep") == 1
        cursor.execute("CREATE SEQUENCE arrived")
        cursor.execute(unlocked)
    try:
        errors = together(lambda n: move(kind=TIP, source=bob, target=alice, units=1, key=f"{n}", actor=None, now=NOW))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(locked)
            cursor.execute("DROP SEQUENCE arrived")
    # Two saw the last unit and spent it: the column refuses the debt that the lock prevents.
    assert IntegrityError in {type(error) for error in errors}
