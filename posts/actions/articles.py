"""Articles: what a long text becomes when it is published, and its history when it is changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planet.web import images
from planet.web.text import clean_line, clean_source, clean_text
from posts.actions.publication import ALT_LENGTH, NewArticle, is_stored, lost
from posts.models import BODY_LENGTH, TITLE_LENGTH, Article, ArticlePicture, ArticleRevision, Post
from posts.text import Token, excerpt, tokenise
from posts.text.markdown import NOTHING, Document, read

SUMMARY_LENGTH: Final = 300
_PLACE = re.compile(r"(?:picture|private)/[0-9a-f]{2}/[0-9a-f]{32}")
OPENING_LENGTH: Final = 200  # of the first paragraph, where the writer wrote no summary


@dataclass(frozen=True)
class Written:
    """An article that may be published: cleaned, read, its pictures there."""

    title: str
    summary: str
    body: str
    cover: str
    cover_alt: str
    document: Document

    @property
    def keys(self) -> set[str]:
        """Its pictures."""
        return {*self.document.pictures, self.cover} - {""}

    def names(self) -> list[Token]:
        """What title, summary and body name, in this order: tags and mentions are made of it."""
        return [*tokenise(self.title), *tokenise(self.summary), *self.document.names]

    def columns(self) -> dict[str, Any]:
        """As fields of an Article."""
        texts = {"title": self.title, "body": self.body, "cover": self.cover, "cover_alt": self.cover_alt}
        return {**texts, "length": self.document.length, "minutes": self.document.minutes}

    def says_the_same(self, other: Article | ArticleRevision, summary: str) -> bool:
        """Whether an article, or what it was, has these words and pictures."""
        theirs = (other.title, summary, other.body, other.cover, other.cover_alt)
        return theirs == (self.title, self.summary, self.body, self.cover, self.cover_alt)


def written(article: NewArticle, *, summary: str, shown: Mapping[str, str] = NOTHING) -> Written:
    """The article as it is stored. Raises ValidationError with what is wrong, by field of the form.

    `shown` are private pictures that it may have, because it has them already: key → where they are shown.
    """
    problems: dict[str, ValidationError] = {}
    title = _text(
        problems, "title", clean_line, article.title, limit=TITLE_LENGTH, missing=_("Give the article a title.")
    )
    body = _text(problems, "body", clean_source, article.body, limit=BODY_LENGTH, missing=_("Write something first."))
    said = _text(problems, "text", clean_text, summary, limit=SUMMARY_LENGTH)
    cover_alt = _text(problems, "cover_alt", clean_text, article.cover_alt, limit=ALT_LENGTH)
    if article.cover and article.cover not in shown and not images.is_key(article.cover, "picture"):
        problems["cover"] = lost()
    document = read(body if "body" not in problems else "", shown)
    if document.is_heavy:
        heavy = _("This is too complex to show: too many tables, links or notes. Divide it into two articles.")
        problems["body"] = ValidationError(heavy, code="heavy")
    if problems:
        raise ValidationError(dict(problems))
    said = said or excerpt(document.opening, OPENING_LENGTH) or title
    return Written(title, said, body, article.cover, cover_alt if article.cover else "", document)


def _text(
    problems: dict[str, ValidationError], name: str, clean: Any, typed: str, *, limit: int, missing: Any = ""
) -> str:
    """A cleaned text of at most `limit` characters; what is wrong with it goes to `problems`."""
    try:
        text = str(clean(typed))
    except ValidationError as error:
        problems[name] = error
        return ""
    if missing and not text:
        problems[name] = ValidationError(missing, code="required")
    if over := max(0, len(text) - limit):
        message = ngettext("%(over)d character too long.", "%(over)d characters too long.", over)
        problems[name] = ValidationError(message, code="max_length", params={"over": over})
    return text


def require_pictures(article: Written, *, shown: Mapping[str, str] = NOTHING) -> None:
    """Raises ValidationError, by field of the form, when a picture was swept or was never ours; but for those `shown`.

    Apart from `written`: who sends twice what was published is answered, whatever became of what was uploaded.
    """
    named = {"cover": {article.cover} - {""}, "body": {*article.document.pictures}}
    missing = {field for field, keys in named.items() for key in keys - shown.keys() if not is_stored(key)}
    if missing:
        raise ValidationError({field: lost() for field in sorted(missing)})


def store_article(post: Post, article: Written) -> None:
    """Put the words beside their post. Inside the transaction that made the post."""
    Article.objects.create(post=post, **article.columns())
    _claim(post, article)


def is_first_version(post: Post, article: Written) -> bool:
    """Whether this is what the post said when it was published."""
    first = ArticleRevision.objects.filter(article=post.pk, revision=0).first()
    now = Article.objects.filter(pk=post.pk).first()
    if first:
        return _bare(article, article.summary) == _bare(first, first.text)
    return now is not None and _bare(article, article.summary) == _bare(now, post.text)


def _bare(words: Written | Article | ArticleRevision, summary: str) -> list[str]:
    """The words without where their pictures lie: what is for some only is copied when it is published."""
    return [summary, words.cover_alt, *(_PLACE.sub("", text) for text in (words.title, words.body, words.cover))]


def replace(post: Post, article: Written, *, now: datetime) -> None:
    """Give the locked post new words, and keep the old ones in its history."""
    old = post.article
    ArticleRevision.objects.create(
        article=old,
        revision=post.revision,
        title=old.title,
        text=post.text,
        body=old.body,
        cover=old.cover,
        cover_alt=old.cover_alt,
        at=post.edited_at or post.created_at,
    )
    Article.objects.filter(pk=post.pk).update(**article.columns())
    _claim(post, article)
    post.text, post.revision, post.edited_at = article.summary, post.revision + 1, now
    post.save(update_fields=["text", "revision", "edited_at"])


def _claim(post: Post, article: Written) -> None:
    """Keep the pictures from the sweep; those of earlier versions stay, the history shows them."""
    rows = [ArticlePicture(article_id=post.pk, key=key) for key in sorted(article.keys)]
    ArticlePicture.objects.bulk_create(rows, ignore_conflicts=True)
