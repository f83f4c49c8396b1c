"""The score of a post: what counts towards it, when it is known, and what it costs to know."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import Block, KycState, User
from planet.engagement import queries as attention
from planet.engagement import tallies
from planet.engagement.models import Exclusion, Interaction, Kind, Progress
from planet.engagement.queries import Window
from posts import actions, ranking
from posts.actions import scoring
from posts.models import PostScore, PostTag
from tests.cast import Cast
from tests.factories import make_creator, make_deed, make_post
from tests.posts.conftest import NOW, Publish, Write
from tests.posts.test_foryou import post_at, score_all, value_of, verified

pytestmark = pytest.mark.django_db


def test_v_is_trust_times_weight_of_each_person_once_for_each_kind(cast: Cast) -> None:
    post = post_at(cast.alice, 1)
    for kind, level in ((Kind.LIKE, 3), (Kind.BOOKMARK, 0), (Kind.COMMENT, 1), (Kind.SHARE, 2), (Kind.COMPONENT, 3)):
        person = verified(f"by_{kind}", trust_level=level)
        for _ in range(2):  # a second comment or quote adds nothing
            make_deed(kind, person, post)
            if kind not in (Kind.COMMENT, Kind.SHARE):
                break
    actions.score([post.pk])
    assert value_of(post) == pytest.approx(1 * 1.2 + 1 * 0.5 + 3 * 0.8 + 2 * 1.0 + 0)  # 6.1
    assert PostScore.objects.get(post=post).score == pytest.approx(
        ranking.hot(value=6.1, created_at=post.created_at), abs=1e-9
    )


UNCOUNTED: dict[str, dict[str, Any]] = {
    "pending": {"dwell_ms": None},
    "unserved": {"is_served": False},
    "brief": {"dwell_ms": 2999},
    "undone": {"removed_at": NOW},
    "short": {"kind": Kind.COMMENT, "characters": 14},
}


@pytest.mark.parametrize("why", [*UNCOUNTED, "own", "unverified", "suspended", "blocked", "blocking", "removed"])
def test_what_the_weekly_pool_does_not_count_moves_nothing_up(cast: Cast, why: str) -> None:
    """The very verdicts of planet.engagement: whatever does not count there is worth nothing here."""
    post = post_at(cast.alice, 1)
    person = cast.alice.user if why == "own" else verified("reader", trust_level=2)
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.APPROVED)
    make_deed(Kind.LIKE, verified("other", trust_level=2), post)
    make_deed(**{"kind": Kind.LIKE, "viewer": person, "post": post, **UNCOUNTED.get(why, {})})
    changes: dict[str, dict[str, Any]] = {
        "unverified": {"kyc_state": KycState.PENDING},
        "suspended": {"is_active": False},
    }
    User.objects.filter(pk=person.pk).update(**changes.get(why, {"is_active": True}))
    if why in {"blocked", "blocking"}:
        pair = (cast.alice.user, person) if why == "blocked" else (person, cast.alice.user)
        Block.objects.create(owner=pair[0], target=pair[1])
    elif why == "removed":
        Exclusion.objects.create(content_id=post.pk)
    actions.score([post.pk])
    assert value_of(post) == (0 if why == "removed" else 1)
    Progress.objects.get_or_create(pk=1)
    tallies.tally()
    effective = attention.reasons(
        creator_id=cast.alice.pk, window=Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
    )
    assert sum(kinds.get("", 0) for kinds in effective.values()) == value_of(post)


def test_a_deed_counts_as_soon_as_its_reading_is_known(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Any
) -> None:
    reader = verified("reader", trust_level=2)
    with django_capture_on_commit_callbacks(execute=True):
        post = publish(cast.alice.user)
        actions.like(actor=reader, post_id=post.pk, now=NOW)
    assert actions.fold_touched(NOW) == 1
    assert value_of(post) == 0
    Interaction.objects.update(dwell_ms=3000, is_served=True)  # the beacons were written
    assert actions.fold_touched(NOW) == 1, "it stayed touched"
    assert value_of(post) == 1
    assert actions.fold_touched(NOW) == 0


def test_what_stays_unknown_is_left_to_the_hour(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post = publish(cast.alice.user)
        actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
    assert actions.fold_touched(NOW + scoring.PATIENCE + timedelta(seconds=1)) == 1
    assert actions.fold_touched(NOW) == 0


def test_scores_cost_the_same_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    posts = [post_at(cast.alice, hours) for hours in range(6)]
    for number, post in enumerate(posts):
        make_deed(Kind.LIKE, verified(f"reader{number}"), post)
    for some in (posts[:1], posts):
        with django_assert_num_queries(5):  # a savepoint around the lock, what counts, and the scores
            actions.score([post.pk for post in some])


def test_twelve_hours_are_a_doubling() -> None:
    early = ranking.hot(value=7, created_at=NOW)
    assert ranking.hot(value=3, created_at=NOW + timedelta(hours=12)) == pytest.approx(early)
    assert ranking.hot(value=0, created_at=NOW) == NOW.timestamp() / 43200


def test_whoever_engages_touches_and_the_task_folds(
    cast: Cast, publish: Publish, write: Write, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post = publish(cast.alice.user, "#defi is back")
    assert actions.fold_touched(NOW) == 1
    fresh = PostScore.objects.get(post=post).score
    assert PostTag.objects.get(post=post).score == fresh
    assert actions.fold_touched(NOW) == 0
    User.objects.filter(pk__in=[cast.bob.pk, cast.charlie.pk]).update(kyc_state=KycState.APPROVED)
    with django_capture_on_commit_callbacks(execute=True):
        actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
        write(cast.charlie, post, "Sixteen letters.")
    Interaction.objects.update(dwell_ms=3000, is_served=True)
    assert actions.fold_touched(NOW) == 1
    assert value_of(post) == pytest.approx(
        ranking.TRUST[cast.bob.trust_level] + 3 * ranking.TRUST[cast.charlie.trust_level]
    )
    assert PostScore.objects.get(post=post).score > fresh
    assert PostTag.objects.get(post=post).score == PostScore.objects.get(post=post).score
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    actions.fold_touched(NOW)
    assert not PostScore.objects.exists()
    assert PostTag.objects.get(post=post).score == 0


def test_a_fold_that_fails_forgets_nothing(
    cast: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publish(cast.alice.user)

    def broken(ids: Any) -> None:
        raise RuntimeError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(scoring, "score", broken)
        with pytest.raises(RuntimeError):
            actions.fold_touched(NOW)
    assert actions.fold_touched(NOW) == 1


def test_what_redis_forgot_is_found_by_the_hour(cast: Cast) -> None:
    old, recent = post_at(cast.alice, -24 * 9), post_at(cast.alice, -1)
    assert actions.score_recent(NOW) == 1
    assert list(PostScore.objects.values_list("post", flat=True)) == [recent.pk]
    assert actions.score_since(NOW - timedelta(days=10)) == 2
    assert PostScore.objects.filter(post=old).exists()


def test_only_public_originals_have_a_score(cast: Cast) -> None:
    first = make_post(cast.alice)
    make_post(make_creator("dora"), "", repost_of=first)
    make_post(cast.alice, audience="followers")
    make_post(cast.alice, thread=first, part=1)
    make_post(cast.alice, deleted_at=NOW)
    score_all()
    assert list(PostScore.objects.values_list("post", flat=True)) == [first.pk]
