"""From an editor's JSON to a post's rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planet.accounts.models import User
from posts.blocks import registry
from posts.blocks.base import NewBlock
from posts.models import Post, PostBlock

MAX_BLOCKS: Final = 12


def clean(data: Mapping[str, Any], *, author: User, now: datetime) -> NewBlock:
    """A component that may be attached, from untrusted JSON with a `kind`. Raises ValidationError."""
    block = registry.find(data.get("kind"))
    if block is None or not block.is_offered():
        raise ValidationError(_("This planet has no such component."), code="kind")
    return NewBlock(block.kind, block.version, block.clean(data, author=author, now=now))


def clean_all(data: Sequence[Mapping[str, Any]], *, author: User, now: datetime) -> list[NewBlock]:
    """Several of them; the errors of all together. Raises ValidationError."""
    if len(data) > MAX_BLOCKS:
        message = ngettext("At most %(most)d component.", "At most %(most)d components.", MAX_BLOCKS)
        raise ValidationError(message, code="too_many", params={"most": MAX_BLOCKS})
    cleaned, errors = [], []
    for one in data:
        try:
            cleaned.append(clean(one, author=author, now=now))
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)
    return cleaned


def attach(post: Post, new_blocks: Sequence[NewBlock], now: datetime) -> None:
    """Put components on a new post, in this order; inside the transaction that publishes it."""
    PostBlock.objects.bulk_create([_row(post, place, new, now) for place, new in enumerate(new_blocks)])


def _row(post: Post, place: int, new: NewBlock, now: datetime) -> PostBlock:
    block, data = registry.find(new.kind), dict(new.data)
    if block is None:
        raise LookupError(f"nobody registered {new.kind!r}")
    return PostBlock(
        post=post,
        position=place,
        kind=new.kind,
        version=new.version,
        data=data,
        votes=[0] * block.options(data),
        follow_at=block.follow_from(data, now=now),
        created_at=now,
    )
