"""What rows say."""

import pytest
from django.utils.html import strip_tags

from planet.notifications.models import Kind, Notification
from planet.notifications.sentences import sentence


def said(kind: Kind, verb: str, names: list[str], count: int) -> str:
    return strip_tags(sentence(Notification(kind=kind, group_key=f"{verb}:1", actor_count=count), names))


@pytest.mark.parametrize(
    ("kind", "verb", "names", "count", "words"),
    [
        (Kind.LIKE, "like", ["Ines"], 1, "Ines liked your post"),
        (Kind.LIKE, "like", ["Ines", "Bob"], 2, "Ines and Bob liked your post"),
        (Kind.LIKE, "like", ["Ines", "Bob", "Cy"], 3, "Ines and 2 others liked your post"),
        (Kind.LIKE, "like", ["Ines", "Bob", "Cy"], 12, "Ines and 11 others liked your post"),
        (Kind.FOLLOW, "follow", ["Ines"], 1, "Ines follows you now"),
        (Kind.FOLLOW, "follow", ["Ines", "Bob", "Cy"], 4, "Ines and 3 others follow you now"),
        (Kind.COMMENT, "comment", ["Ines"], 1, "Ines commented on your post"),
        (Kind.COMMENT, "reply", ["Ines"], 1, "Ines replied to your comment"),
        (Kind.MENTION, "mention", ["Ines"], 1, "Ines mentioned you"),
        (Kind.REPOST, "repost", ["Ines"], 1, "Ines reposted your post"),
        (Kind.REPOST, "quote", ["Ines", "Bob"], 2, "Ines and Bob quoted your post"),
        (Kind.COMMENT, "other", ["Ines"], 1, "Ines commented on your post"),
        (Kind.LIKE, "like", [], 1, "Somebody liked your post"),
        (Kind.SYSTEM, "system", [], 0, "A message from Planet"),
    ],
)
def test_one_two_and_many_are_three_sentences(kind: Kind, verb: str, names: list[str], count: int, words: str) -> None:
    assert said(kind, verb, names, count) == words


def test_every_switchable_kind_and_every_verb_has_all_three_forms() -> None:
    for kind in Kind:
        for count in (1, 2, 9):
            assert said(kind, kind.value, ["Ines", "Bob", "Cy"][:count], count)


def test_a_name_is_text_whatever_it_contains() -> None:
    html = sentence(Notification(kind=Kind.LIKE, group_key="like:1", actor_count=1), ["<script>{0} %s</script>"])
    assert html == "<b>&lt;script&gt;{0} %s&lt;/script&gt;</b> liked your post"


def test_the_identity_check_says_how_it_ended() -> None:
    for state in ("approved", "rejected", "expired"):
        told = Notification(kind=Kind.KYC, group_key=f"kyc:{state}")
        assert state in sentence(told, [])
