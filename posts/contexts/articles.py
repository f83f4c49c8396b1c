"""An article's page, its history, and the preview beside its editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from creators.queries import relation
from planet.accounts.models import User
from planet.web.pagination import Page, keyset
from planet.web.text import clean_source
from posts import cards, drawn, queries
from posts.access import viewer_of
from posts.actions.texts import mentioned
from posts.models import ArticleRevision, Post
from posts.text.markdown import read

MOST_TOPICS = 3


@dataclass(frozen=True)
class Part:
    """A piece of an article's body: HTML, or the block that stands there."""

    html: SafeString | None = None
    block: Any = None
    number: int = 0


def article_page(request: HttpRequest, post: Post, frame: dict[str, Any]) -> dict[str, Any]:
    """What the page of an article shows beside what every post's page does (`frame`)."""
    body = drawn.body_of(post.article, revision=post.revision)
    tags = post.post_tags.select_related("tag").order_by("id")[: MOST_TOPICS * 4]
    topics = [one.tag.name for one in tags if one.tag.kind == "topic"][:MOST_TOPICS]
    return {
        **frame,
        "post": post,
        "article": post.article,
        "parts": parts(body, []),
        "contents": [line for line in body.contents if line.level <= 3],
        "topics": topics,
        "person": post.creator.user,
        "creator": post.creator,
        "follows": relation(viewer=viewer_of(request), person=post.creator.user).follows,
        "acts": cards.actions_bar(frame["row"], viewer=cards.viewer(request)),
        "more": queries.more_from(post.creator_id, without=post.pk),
    }


def parts(body: drawn.Drawn, blocks: Sequence[Any]) -> list[Part]:
    """The body with its blocks in their places; those that have none stand at the end, those that are not are left out.

    A block is shown once, wherever its place is named first.
    """
    found: list[Part] = []
    left = dict(enumerate(blocks, 1))
    for part in body.parts:
        if isinstance(part, str):
            # posts.text.sanitise let it through.
            found.append(Part(html=mark_safe(part)))  # noqa: S308
        elif part in left:
            found.append(Part(block=left.pop(part), number=part))
    return [*found, *(Part(block=block, number=number) for number, block in left.items())]


def preview(actor: User, *, title: str, summary: str, body: str) -> dict[str, Any]:
    """What the page will show of what stands in the editor, by the same renderer. Raises ValidationError."""
    source = clean_source(body)
    document = read(source)
    people = {person.handle.lower() for person in mentioned(document.names, author_id=actor.pk)}
    return {
        "title": title,
        "summary": summary,
        "parts": parts(drawn.draw(document, people), []),
        "places": sorted(set(document.blocks)),
        "length": document.length,
        "minutes": document.minutes,
        "is_heavy": document.is_heavy,
    }


def history(post: Post, *, after: str | None) -> Page[ArticleRevision]:
    """What an article said before its edits, newest first."""
    return keyset(post.article.revisions.all(), after=after)


def revision_body(revision: ArticleRevision) -> list[Part]:
    """An earlier body as its page showed it; people are not linked any more."""
    return parts(drawn.draw(read(revision.body)), [])
