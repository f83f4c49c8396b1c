"""A post's own page, with its comments."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from planet.accounts.queries import hides_anybody
from posts import cards, queries
from posts.access import may_answer
from posts.contexts.comments import thread_views
from posts.errors import Gone
from posts.forms import SLOW_CHOICES, CommentForm
from posts.models import Comment, Post
from posts.queries import Row
from posts.sharing import subjects
from posts.text import excerpt


def card_of(request: HttpRequest, post_id: UUID, *, full: bool = False) -> cards.Card:
    """One card for the viewer. Raises Gone when the post was deleted meanwhile."""
    viewer = cards.viewer(request)
    row = queries.row(post_id, viewer_id=viewer.id)
    if row is None:
        raise Gone
    return cards.cards([row], viewer=viewer, full=full)[0]


def post_page(
    request: HttpRequest, post: Post, *, form: CommentForm | None = None, answering: Comment | None = None
) -> dict[str, Any]:
    """The post, a page of its comments, and the form to write one (for `answering`, a reply)."""
    return {**_frame(request, post, form, answering), **comments(request, post)}


def thread_page(request: HttpRequest, post: Post, comment: Comment) -> dict[str, Any]:
    """The post, and the one thread that `comment` is in."""
    thread = queries.thread(comment=comment, viewer_id=request.user.pk, after=request.GET.get("after"))
    views = thread_views([thread], viewer_id=request.user.pk)
    return {**_frame(request, post, None, comment), "threads": views, "after": None, "is_one": True}


def comments(request: HttpRequest, post: Post) -> dict[str, Any]:
    """A page of threads, for the page and for what htmx appends to it: best or newest first, or what is laid aside."""
    viewer_id, after = request.user.pk, request.GET.get("after")
    if request.GET.get("show") == "hidden":
        page = queries.hidden(post_id=post.pk, viewer_id=viewer_id, after=after)
        more: dict[str, Any] = {"is_aside": True, "query": "&show=hidden"}
    else:
        sort = queries.Sort.NEW if request.GET.get("sort") == "new" else queries.Sort.BEST
        page = queries.threads(post_id=post.pk, viewer_id=viewer_id, after=after, sort=sort)
        more = {"sort": sort.value, "query": f"&sort={sort}", "aside": 0 if after else queries.count_hidden(post.pk)}
    return {"threads": thread_views(page.items, viewer_id=viewer_id), "after": page.after, **more}


def _frame(request: HttpRequest, post: Post, form: CommentForm | None, answering: Comment | None) -> dict[str, Any]:
    card = card_of(request, post.pk, full=True)
    above, below = _around(request, post)
    return {
        "card": card,
        "above": above,
        "below": below,
        "row": card.row,
        "post_creator_id": post.creator_id,
        "role": _role(request, post),
        "post": post,
        "slow_wait": dict(SLOW_CHOICES).get(str(post.slow_seconds), f"{post.slow_seconds} s"),
        "may_answer": request.user.is_authenticated and may_answer(post, request.user.pk),
        "form": form or CommentForm(initial={"parent": answering.pk if answering else None}),
        "answering": answering,
        "chosen": hides_anybody(request.user.pk),
        **_preview(card.row, post),
    }


def _around(request: HttpRequest, post: Post) -> tuple[list[cards.Card], list[cards.Card]]:
    """The posts of its thread that stand above and below a post; nothing for one that is in none."""
    ids = queries.thread_ids(post.thread_id or post.pk)
    if len(ids) < 2 or post.pk not in ids:
        return [], []
    viewer, place = cards.viewer(request), ids.index(post.pk)
    others = queries.rows([pk for pk in ids if pk != post.pk], viewer_id=viewer.id)
    shown = cards.cards(others, viewer=viewer)
    return (
        [card for card in shown if ids.index(card.row.post.id) < place],
        [card for card in shown if ids.index(card.row.post.id) > place],
    )


def _role(request: HttpRequest, post: Post) -> str:
    """Who the viewer is to the post, for its menu."""
    if not request.user.is_authenticated:
        return "guest"
    return "mine" if request.user.pk == post.creator_id else "other"


def _preview(row: Row, post: Post) -> dict[str, Any]:
    """What the post looks like where its link is shared; nothing for one that is not for everybody."""
    pictures = queries.of_posts([row.post.id]).get(row.post.id, [])
    topics = subjects.topics_of(post)
    return {
        "summary": excerpt(post.warning or row.post.text, 200),
        "topics": topics,
        "share": subjects.of_post(post, topics=topics, picture=pictures[0] if pictures else None),
    }
