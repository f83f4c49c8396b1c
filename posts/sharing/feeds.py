"""RSS and Atom: what a creator, a topic or everyone published lately, for readers of feeds. A guest's view, bounded."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import format_html

from planet.web.pagination import Page
from posts import drawn, queries
from posts.models import Article, Post, PostMention
from posts.queries import Row
from posts.sharing.subjects import Subject, absolute
from posts.text import excerpt, render

FORMATS: Final[dict[str, type[SyndicationFeed]]] = {"rss": Rss201rev2Feed, "atom": Atom1Feed}
TITLE_LENGTH: Final = 90


def feed(subject: Subject, page: Page[Row], *, form: str, path: str) -> str:
    """The newest posts of a page as XML. Reposts are left out: a reader of feeds has the original's."""
    made = FORMATS[form](
        title=f"{subject.title} · {settings.SITE_NAME}",
        link=subject.url,
        description=subject.description,
        feed_url=absolute(path),
        language=None,
    )
    shown = [row for row in page.items if row.reposter is None]
    _add(made, shown)
    return str(made.writeString("utf-8"))


def _add(made: SyndicationFeed, rows: Sequence[Row]) -> None:
    ids = [row.post.id for row in rows]
    posts = Post.objects.in_bulk(ids)
    articles = Article.objects.in_bulk(ids)
    people: dict[object, set[str]] = {}
    for post_id, handle in PostMention.objects.filter(post__in=ids).values_list("post", "user__handle"):
        people.setdefault(post_id, set()).add(handle.lower())
    for row in rows:
        post, article = posts[row.post.id], articles.get(row.post.id)
        url = absolute(row.post.get_absolute_url())
        title = article.title if article else excerpt(post.warning or row.post.text, TITLE_LENGTH)
        made.add_item(
            title=title,
            link=url,
            unique_id=url,
            unique_id_is_permalink=True,
            description=_body(post, article, people.get(row.post.id, set())),
            author_name=row.author.name,
            author_link=absolute(row.author.get_absolute_url()),
            pubdate=row.post.created_at,
            updateddate=row.post.edited_at or row.post.created_at,
        )


def _body(post: Post, article: Article | None, people: set[str]) -> str:
    """The words as HTML with whole addresses; below a warning only that."""
    if post.warning:
        return format_html("<p>{}</p>", post.warning)
    if article is None:
        html = str(render(post.text, people=people))
    else:
        parts = drawn.body_of(article, revision=post.revision).parts
        html = "".join(part for part in parts if isinstance(part, str))
    return html.replace(' href="/', f' href="{settings.SITE_URL}/').replace(' src="/', f' src="{settings.SITE_URL}/')


def everyones() -> Page[Row]:
    """Everyone's newest, as a guest sees them."""
    return queries.latest(viewer_id=None)
