"""The audit log: written with the act, and never rewritten."""

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from planet.moderation.actions import ReasonMissing, record
from planet.moderation.models import AuditEntry
from tests.cast import Cast

NOW = timezone.now()


def entry(cast: Cast) -> AuditEntry:
    return record(
        actor=cast.olga, action="user.suspend", target=cast.bob, reason=" Spam. ", details={"was": "active"}, now=NOW
    )


def test_an_entry_says_who_did_what_to_whom_when_and_why(cast: Cast) -> None:
    entry(cast)
    row = AuditEntry.objects.get()
    assert (row.actor, row.action, row.at, row.reason) == (cast.olga, "user.suspend", NOW, "Spam.")
    assert (row.target_kind, row.target_id, row.details) == ("accounts.user", str(cast.bob.pk), {"was": "active"})


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_recorded_without_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        record(actor=cast.olga, action="user.suspend", target=cast.bob, reason=reason, now=NOW)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE moderation_auditentry SET reason = 'other'",
        "DELETE FROM moderation_auditentry",
        "TRUNCATE moderation_auditentry",
    ],
)
def test_the_database_refuses_to_rewrite_it(cast: Cast, sql: str) -> None:
    before = entry(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after the commit of the row
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            cursor.execute(sql)
    assert AuditEntry.objects.get().reason == before.reason
