"""Locks, in the one order that all of this app takes them: the pair, Follow rows, Creator rows, User rows.

Within a table, rows are taken in the order of their keys. Counters change only in the transaction that changes the rows
they count, after those rows.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from creators.models import Creator, Follow
from planet.accounts.models import User


def pair(one: UUID, other: UUID) -> None:
    """Hold, until the transaction ends, what two people decide about each other.

    Without it a follow could slip past a block: the follow looks for a block before that is committed, the block looks
    for follows before that is committed, and both would stand. An advisory lock, because there is no row yet.
    """
    first, second = sorted((str(one), str(other)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"pair:{first}:{second}"])


def follows(one: UUID, other: UUID) -> list[Follow]:
    """The follows between two people, either way, locked."""
    either = Follow.objects.filter(follower__in=(one, other), creator__in=(one, other))
    return list(either.select_for_update(of=("self",)).order_by("pk"))


def creators(ids: Iterable[UUID]) -> list[Creator]:
    """These creators, locked against other writers of their counters; readers and new follows go on."""
    return list(Creator.objects.filter(pk__in=list(ids)).select_for_update(no_key=True).order_by("pk"))


def people(ids: Iterable[UUID]) -> list[User]:
    """These people, locked against other writers of their counters."""
    return list(User.objects.filter(pk__in=list(ids)).select_for_update(no_key=True).order_by("pk"))
