"""Who may see and hear what."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import Block
from planet.realtime import topics
from posts import access, queries
from posts.models import PostPicture
from posts.queries.pictures import KEPT_AFTER_DELETION
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW


def test_one_hears_of_the_posts_that_one_sees(cast: Cast) -> None:
    seen, gone = make_post(cast.alice), make_post(cast.alice, deleted_at=NOW)
    blocked = make_post(make_creator("dora"))
    Block.objects.create(owner=cast.bob, target=blocked.creator.user)
    keys = [str(post.pk) for post in (seen, gone, blocked)]
    assert access.may_listen_to(cast.bob.pk, keys) == [str(seen.pk)]
    assert sorted(access.may_listen_to(None, keys)) == sorted([str(seen.pk), str(blocked.pk)])
    assert access.may_listen(cast.bob.pk, str(seen.pk))
    assert not access.may_listen(cast.bob.pk, str(blocked.pk))


def test_what_is_no_id_is_nobodys(cast: Cast) -> None:
    post = make_post(cast.alice)
    for key in ("", "1", "everyone", str(uuid4()), str(post.pk).upper(), post.pk.hex, f"{{{post.pk}}}"):
        assert not access.may_listen(None, key)


def test_twenty_cards_are_one_question(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    keys = [str(make_post(cast.alice).pk) for _ in range(20)]
    wanted = [f"post:{key}" for key in keys]
    with django_assert_num_queries(1):
        assert topics.allowed(cast.bob.pk, wanted) == set(wanted)


def test_everyones_newest_is_for_everybody(db: None) -> None:
    assert topics.allowed(None, ["everyone", "everyone:else"]) == {"everyone"}


def test_pictures_stay_a_while_after_their_post(cast: Cast) -> None:
    kept = timezone.now() - KEPT_AFTER_DELETION + timedelta(hours=1)
    over = timezone.now() - KEPT_AFTER_DELETION - timedelta(hours=1)
    keys: dict[str, str] = {}
    for name, deleted_at in (("living", None), ("kept", kept), ("over", over)):
        keys[name] = f"picture/ab/{'ab' * 14}{len(keys):04d}-64x48"
        post = make_post(cast.alice, deleted_at=deleted_at)
        PostPicture.objects.create(post=post, position=0, key=keys[name], width=64, height=48)
    assert set(queries.in_use([*keys.values(), "picture/unknown"])) == {keys["living"], keys["kept"]}
