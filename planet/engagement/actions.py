"""Writes that other rooms pass down: what somebody did with content. Call them in the transaction that does it.

Each is a row of its own, so it stands or falls with what it records, whatever becomes of Redis. Whether it counts is
not decided here: settlement judges when it reads, and the worker keeps the tallies (planet.engagement.tallies).
"""

from datetime import datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from planet.accounts.models import User
from planet.engagement.models import Exclusion, Interaction, Kind

# Done again after it was undone, it is a new deed: what was seen before it has to be looked up anew.
_RECORD: Final = """
INSERT INTO engagement_interaction AS i
       (kind, viewer_id, creator_id, content_id, ref, at, characters, digest)
VALUES (%(kind)s, %(viewer)s, %(creator)s, %(content)s, %(ref)s, %(at)s, %(characters)s, %(digest)s)
ON CONFLICT (viewer_id, kind, content_id, ref) DO UPDATE
   SET at = excluded.at, removed_at = NULL, dwell_ms = NULL, is_served = NULL,
       characters = excluded.characters, digest = excluded.digest
 WHERE i.removed_at IS NOT NULL
"""

_FOLLOWERS: Final = """
INSERT INTO engagement_followerhour AS f (creator_id, hour, gained, lost)
VALUES (%(creator)s, date_trunc('hour', coalesce(%(at)s::timestamptz, now()), 'UTC'), %(gained)s, %(lost)s)
ON CONFLICT (creator_id, hour) DO UPDATE SET gained = f.gained + excluded.gained, lost = f.lost + excluded.lost
"""


def record(
    kind: Kind,
    *,
    actor: User,
    content_id: UUID,
    creator_id: UUID,
    at: datetime,
    ref: UUID | None = None,
    text: str = "",
) -> None:
    """`actor` did this with the content of `creator_id`. Recording it twice is recording it once.

    `ref` tells several of one kind apart (a comment's id, a quote's). Of `text` only its length and a hash are kept.
    """
    folded = " ".join(text.split())
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "kind": kind.value,
                "viewer": actor.pk,
                "creator": creator_id,
                "content": content_id,
                "ref": ref or content_id,
                "at": at,
                "characters": len(folded),
                "digest": digest(folded) if folded else None,
            },
        )


def undo(kind: Kind, *, actor_id: UUID, content_id: UUID, ref: UUID | None = None) -> None:
    """It was taken back, or removed: it counts no longer. What was never recorded stays so."""
    Interaction.objects.filter(
        viewer_id=actor_id, kind=kind, content_id=content_id, ref=ref or content_id, removed_at=None
    ).update(removed_at=Now())


def revive(kind: Kind, *, actor_id: UUID, content_id: UUID, ref: UUID | None = None) -> None:
    """What an operator had removed is back, as if it had never gone."""
    Interaction.objects.filter(viewer_id=actor_id, kind=kind, content_id=content_id, ref=ref or content_id).update(
        removed_at=None
    )


def digest(folded: str) -> int:
    """What a text with its white space folded is known by, whatever its capitals: 64 bits, signed."""
    return int.from_bytes(blake2b(folded.casefold().encode(), digest_size=8).digest(), signed=True)


def followers_changed(creator_id: UUID, *, gained: int = 0, lost: int = 0, at: datetime | None = None) -> None:
    """A creator won or lost followers; now, unless it is said when."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWERS, {"creator": creator_id, "at": at, "gained": gained, "lost": lost})


def exclude(content_id: UUID, *, at: datetime) -> None:
    """The content, or what an interaction made (a comment), was removed by an upheld report: it counts no more."""
    Exclusion.objects.get_or_create(content_id=content_id, defaults={"at": at})


def readmit(content_id: UUID) -> None:
    """An appeal brought the content back: what was done with it counts again."""
    Exclusion.objects.filter(content_id=content_id).delete()
