"""Articles: the words of posts that are long, and what those words were before."""

from typing import ClassVar, Final

from django.db import models
from django.utils import timezone

from planet.web.shelves import is_private
from posts import addresses
from posts.models.post import Post

TITLE_LENGTH: Final = 150
BODY_LENGTH: Final = 100_000


class ArticleText(models.Model):
    """What a writer writes, now or before an edit."""

    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(max_length=BODY_LENGTH)  # Markdown, as posts.text.markdown reads it
    cover = models.CharField(max_length=64, blank=True)  # a picture key of planet.web.images
    cover_alt = models.CharField(max_length=1000, blank=True)

    class Meta:
        abstract = True


class Article(ArticleText):
    """The words of a post of kind `article`, whose `text` is the summary and whose `revision` counts the edits.

    `length` and `minutes` are what reading the body found: words (a character of Chinese is one) and reading time.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="article")
    length = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return self.title

    @property
    def cover_at(self) -> str:
        """Where a view shows the cover to whom it is for; "" when it has an address of its own."""
        is_asked = is_private(self.cover) or self.post.is_restricted
        return addresses.cover(self.pk, self.post.revision) if is_asked else ""


class ArticleRevision(ArticleText):
    """What an article said before an edit."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    text = models.CharField(max_length=2000, blank=True)  # the summary
    at = models.DateTimeField(default=timezone.now)  # when it was published like this

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "revision"], name="article_revision_unique"),
        ]

    @property
    def cover_at(self) -> str:
        """As of an article; this one stays what it is."""
        is_asked = is_private(self.cover) or self.article.post.is_restricted
        return addresses.named(self.article_id, self.cover) if is_asked else ""


class ArticlePicture(models.Model):
    """A picture that an article shows, or showed before an edit: the sweep leaves it."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    key = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "key"], name="article_picture_unique"),
        ]
        # Which of some keys are shown: the sweep's question.
        indexes: ClassVar = [models.Index(fields=["key"], name="article_picture_key")]
