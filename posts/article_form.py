"""What a writer sends when a published article is changed, and what the preview is made of."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.web.text import LineField
from posts.actions import ALT_LENGTH, SUMMARY_LENGTH, NewArticle
from posts.models import BODY_LENGTH, TITLE_LENGTH, Article, Post

# Before cleaning a text may be longer than after; beyond this it is not read at all.
SLACK = 2


class ArticleForm(forms.Form):
    """An article's words; the action judges their length. `text` is the summary."""

    title = LineField(label=_("Title"), required=False, max_length=TITLE_LENGTH * SLACK)
    text = forms.CharField(label=_("Summary"), required=False, max_length=SUMMARY_LENGTH * SLACK, strip=False)
    body = forms.CharField(label=_("Text"), required=False, max_length=BODY_LENGTH * SLACK, strip=False)
    cover = forms.CharField(label=_("Cover"), required=False, max_length=80)
    cover_alt = LineField(label=_("What the cover shows"), required=False, max_length=ALT_LENGTH)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=False, initial=initial)

    def article(self) -> NewArticle:
        """The words as the actions take them."""
        data = self.cleaned_data
        return NewArticle(data["title"], data["body"], data["cover"], data["cover_alt"])


class EditArticleForm(ArticleForm):
    """New words for an article, and the revision that the editor saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def as_it_stands(post: Post, article: Article) -> dict[str, Any]:
    """What an editor begins with."""
    return {
        "title": article.title,
        "text": post.text,
        "body": article.body,
        "cover": article.cover,
        "cover_alt": article.cover_alt,
        "revision": post.revision,
    }
