"""What the database refuses, whatever the code does."""
# ruff: noqa: E501  # statements stand on one line

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.models import Award, Policy, Settlement
from tests.incentives.conftest import BEFORE, CLOSED, WEEK, Pool

_APPROVE = "INSERT INTO incentives_approval (settlement_id, operator_id, reason, at) SELECT s.id, u.id, 'Yes', now() FROM incentives_settlement s, accounts_user u WHERE u.handle = '{0}'"
_STATE = "UPDATE incentives_settlement SET state = '{0}', {0}_at = now()"
REFUSED = {
    "a policy is changed": "UPDATE incentives_policy SET cap_bp = 1",
    "a policy is deleted": "DELETE FROM incentives_policy",
    "all policies are deleted": "TRUNCATE incentives_policy CASCADE",
    "a week is deleted": "DELETE FROM incentives_settlement",
    "a week goes back": "UPDATE incentives_settlement SET state = 'closed', computed_at = NULL",
    "a week skips a step": "UPDATE incentives_settlement SET state = 'paid', approved_at = now(), paid_at = now()",
    "a week is touched where it stands": "UPDATE incentives_settlement SET totals = '{}'",
    "a week is approved by nobody": _STATE.format("approved"),
    "a week is approved by one": f"{_APPROVE.format('olga')}; {_STATE.format('approved')}",
    "a week is approved twice by one": f"{_APPROVE.format('olga')}; {_APPROVE.format('olga')}",
    "inputs are swapped": f"{_APPROVE.format('olga')}; {_APPROVE.format('otto')}; {_STATE.format('approved')}, inputs_sha256 = repeat('0', 64)",
    "a result is swapped": f"{_APPROVE.format('olga')}; {_APPROVE.format('otto')}; {_STATE.format('approved')}, merkle_root = ''",
    "the salt is swapped": f"{_APPROVE.format('olga')}; {_APPROVE.format('otto')}; {_STATE.format('approved')}, salt = ''",
    "a week is paid while somebody waits": f"{_APPROVE.format('olga')}; {_APPROVE.format('otto')}; {_STATE.format('approved')}; {_STATE.format('paid')}",
    "an approval is taken back": f"{_APPROVE.format('olga')}; DELETE FROM incentives_approval",
    "an approval is changed": f"{_APPROVE.format('olga')}; UPDATE incentives_approval SET reason = 'No'",
    "an approval without a reason": _APPROVE.format("olga").replace("Yes", ""),
    "an award is raised": "UPDATE incentives_award SET amount_units = amount_units + 1, accrued_units = accrued_units + 1",
    "an award changes hands": "UPDATE incentives_award SET creator_id = (SELECT id FROM accounts_user WHERE handle = 'bob')",
    "an award is paid before it is approved": "UPDATE incentives_award SET settled_at = now()",
    "an award is deleted": "DELETE FROM incentives_award",
    "an award is added": "INSERT INTO incentives_award (settlement_id, creator_id, pseudonym, before_units, is_withheld) SELECT s.id, u.id, u.id, 0, false FROM incentives_settlement s, accounts_user u WHERE u.handle = 'bob'",
    "a second settlement of a week": "INSERT INTO incentives_settlement (week, state, policy_id, salt, opened_at, folder, inputs_sha256, statement_sha256, merkle_root, totals) SELECT week, 'open', policy_id, salt, now(), '', '', '', '', '{}' FROM incentives_settlement",
    "a settlement that begins in the middle": "INSERT INTO incentives_settlement (week, state, policy_id, salt, opened_at, closed_at, folder, inputs_sha256, statement_sha256, merkle_root, totals) SELECT week + 7, 'closed', policy_id, salt, now(), now(), '', '', '', '', '{}' FROM incentives_settlement",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(week: Pool, sql: str) -> None:
    freeze(week=WEEK, now=CLOSED)
    compute(week=WEEK, now=CLOSED)
    before = list(Settlement.objects.values()), list(Award.objects.values()), list(Policy.objects.values())
    *fine, refused = sql.split("; ")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in fine:
            cursor.execute(statement)
            assert cursor.rowcount == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(refused)
        transaction.set_rollback(rollback=True)
    assert (list(Settlement.objects.values()), list(Award.objects.values()), list(Policy.objects.values())) == before


def test_a_policy_is_ahead_of_its_week_even_for_the_database(pool: Pool) -> None:
    pool.policy()
    fields = Policy.objects.values().get()
    for wrong in (
        {"version": 2, "starts": WEEK, "created_at": CLOSED},
        {"version": 3, "starts": WEEK},
        {"version": 2, "starts": WEEK + timedelta(days=1)},
        {"version": 2, "created_at": BEFORE - timedelta(days=1)},
        {"version": 2, "base_units": -1},
        {"version": 2, "cap_bp": 10_001},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Policy.objects.create(**{**fields, **wrong})
    assert Policy.objects.count() == 1
