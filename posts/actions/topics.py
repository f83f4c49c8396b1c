"""Following topics."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from planet.accounts.models import User
from posts.models import Tag, TopicFollow


@transaction.atomic
def follow_topic(*, actor: User, name: str, now: datetime) -> Tag:
    """`actor` wants to read about a topic (its one spelling, as `queries.tag_name` gives it); twice is once.

    Nobody need have written about it: who waits for a topic follows it before it begins.
    """
    tag, _is_new = Tag.objects.get_or_create(kind=Tag.Kind.TOPIC, name=name)
    # The tag's row orders all that happens to its count: first the lock, then the look.
    Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    _row, is_new = TopicFollow.objects.get_or_create(follower=actor, tag=tag, defaults={"created_at": now})
    if is_new:
        Tag.objects.filter(pk=tag.pk).update(followers_count=F("followers_count") + 1)
    return Tag.objects.get(pk=tag.pk)


@transaction.atomic
def unfollow_topic(*, actor: User, name: str) -> None:
    """`actor` does not any more."""
    tag = Tag.objects.select_for_update(no_key=True).filter(kind=Tag.Kind.TOPIC, name=name).first()
    if tag and TopicFollow.objects.filter(follower=actor, tag=tag).delete()[0]:
        Tag.objects.filter(pk=tag.pk).update(followers_count=F("followers_count") - 1)
