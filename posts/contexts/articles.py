"""An article's page, its history, and the preview beside its editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe

from creators.queries import relation
from planet.accounts.models import User
from planet.web import images
from planet.web.pagination import Page, keyset
from planet.web.text import clean_source
from posts import cards, drawn, queries
from posts.access import viewer_of
from posts.actions.texts import mentioned
from posts.blocks import BlockView, of_posts
from posts.models import ArticleRevision, Post
from posts.text.markdown import read

MOST_TOPICS: Final = 3
MOST_REVISIONS: Final = 2**31 - 1  # what the column holds


@dataclass(frozen=True)
class Part:
    """A piece of an article's body: HTML, or the block that stands there."""

    html: SafeString | None = None
    block: Any = None
    place: int = 0


def article_page(request: HttpRequest, post: Post, frame: dict[str, Any]) -> dict[str, Any]:
    """What the page of an article shows beside what every post's page does (`frame`)."""
    body = drawn.body_of(post.article, revision=post.revision)
    return {
        **frame,
        "post": post,
        "article": post.article,
        "parts": parts(body, _components(post)),
        "contents": [line for line in body.contents if line.level <= 3],
        "topics": frame["topics"][:MOST_TOPICS],
        "person": post.creator.user,
        "creator": post.creator,
        "follows": relation(viewer=viewer_of(request), person=post.creator.user).follows,
        "acts": cards.actions_bar(frame["row"], audience=post.audience),
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
            found.append(Part(block=left.pop(part), place=part))
    return [*found, *(Part(block=block, place=place) for place, block in left.items())]


def _components(post: Post) -> list[list[BlockView]]:
    """The article's components, each as a list for the template that shows several."""
    return [[view] for view in of_posts([post.pk]).get(post.pk, [])]


def preview(actor: User, *, title: str, summary: str, body: str) -> dict[str, Any]:
    """What the page will show of what stands in the editor, by the same renderer. Raises ValidationError."""
    source = clean_source(body)
    document = read(source, queries.shown_by(actor.pk, images.keys_in(source)))
    people = {person.handle.lower() for person in mentioned(document.names, author_id=actor.pk)}
    return {
        "title": title,
        "summary": summary,
        "parts": [_previewed(part) for part in drawn.draw(document, people).parts],
        "length": document.length,
        "minutes": document.minutes,
        "is_heavy": document.is_heavy,
    }


def _previewed(part: str | int) -> Part:
    # posts.text.sanitise let it through.
    return Part(html=mark_safe(part)) if isinstance(part, str) else Part(place=part)  # noqa: S308


def editor(actor: User, cover: object) -> dict[str, Any]:
    """What the editor shows of a `cover`, whatever was sent as its key, and which files it takes."""
    key = str(cover or "")
    at = queries.shown_by(actor.pk, [key]).get(key, "")
    return {
        "cover_url": images.url(key, 960, at) if at or images.is_key(key, "picture") else "",
        "accept": images.ACCEPT,
    }


def history(post: Post, *, after: str | None) -> Page[ArticleRevision]:
    """What an article said before its edits, newest first."""
    return keyset(post.article.revisions.all(), after=after)


def version(post: Post, number: int) -> dict[str, Any]:
    """An earlier version as its page showed it; people are not linked any more. Raises Http404."""
    found = get_object_or_404(post.article.revisions, revision=min(number, MOST_REVISIONS))
    return {
        "post": post,
        "version": found,
        "parts": parts(drawn.draw(read(found.body, drawn.shown_in(post))), _components(post)),
    }
