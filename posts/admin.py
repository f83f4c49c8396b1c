"""Posts, comments and pictures, as operators see them: remove with a reason, restore what was removed by mistake."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.moderation.actions import tell
from planet.moderation.admin_tools import Act, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry
from planet.moderation.queries import last_act
from planet.web import private
from planet.web.shelves import is_private
from planet.web.templatetags.images import picture
from posts import actions
from posts.errors import Gone, NotAllowed
from posts.models import Comment, Post, PostPicture, PostRevision
from posts.text import excerpt

LIST_LENGTH = 90


def _stands(thing: Post | Comment) -> bool:
    return thing.deleted_at is None


def _was_removed_by_an_operator(thing: Post | Comment) -> bool:
    """What its author deleted is nobody's to bring back."""
    if thing.deleted_at is None:
        return False
    act = last_act(thing)
    return act is not None and act.action.endswith(".remove")


def _tell(act: Act[Any], what: str, thing: Model, person_id: UUID, url: str) -> None:
    tell(user_id=person_id, group_key=f"{what}:{thing.pk}", url=url, reason=act.reason, now=act.now)


def _remove_post(act: Act[Any], post: Post) -> None:
    try:
        actions.delete(actor=act.actor, post_id=post.pk, now=act.now)
    except (Gone, NotAllowed):
        raise Refused(_("it is gone already.")) from None
    _tell(act, "post_removed", post, post.creator_id, post.creator.get_absolute_url())


class StateFilter(admin.SimpleListFilter):
    """What stands, or what was taken away."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Two states."""
        return [("stands", gettext_lazy("Stands")), ("gone", gettext_lazy("Removed or deleted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The rows of a state."""
        return queryset if self.value() is None else queryset.filter(deleted_at__isnull=self.value() == "stands")


class Revisions(Rows):
    """What a post said before."""

    model = PostRevision
    fields = ("revision", "text", "at")
    ordering = ("-revision",)
    verbose_name_plural = gettext_lazy("Earlier texts")


@admin.register(Post)
class PostRoom(Room[Post]):
    """Every post, the newest first."""

    list_display = ("begins", "creator", "created_at", "like_count", "comment_count", "repost_count", "state")
    list_filter = (StateFilter,)
    search_by = ("pk", "creator__user__handle")
    search_help_text = gettext_lazy("A creator's whole handle, or a post's id or address")
    fieldsets = (
        (None, {"fields": ("creator", "page", "state", "created_at", "edited_at")}),
        (gettext_lazy("Content"), {"fields": ("whole_text", "pictures", "quote", "repost")}),
        (gettext_lazy("Reach"), {"fields": ("like_count", "comment_count", "repost_count", "bookmark_count")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (Revisions,)
    actions = ("remove", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """With the creators, and the pictures."""
        rows = super().get_queryset(request).select_related("creator__user")
        return rows.prefetch_related(Prefetch("pictures", queryset=PostPicture.objects.order_by("position")))

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Text"))
    def begins(self, post: Post) -> str:
        """How it begins; a repost or a bare picture says so."""
        return excerpt(post.text)[:LIST_LENGTH] or (_("(repost)") if post.repost_of_id else _("(picture)"))

    @admin.display(description=gettext_lazy("Text"))
    def whole_text(self, post: Post) -> SafeString:
        """All of it."""
        return format_html('<div class="said">{}</div>', post.text or "–")

    @admin.display(description=gettext_lazy("State"))
    def state(self, post: Post) -> str:
        """Whether it stands."""
        return _("Stands") if _stands(post) else _("Gone")

    @admin.display(description=gettext_lazy("Page"))
    def page(self, post: Post) -> SafeString:
        """A link to what everybody sees."""
        return format_html('<a href="{0}">{0}</a>', post.get_absolute_url())

    @admin.display(description=gettext_lazy("Pictures"))
    def pictures(self, post: Post) -> str | SafeString:
        """Previews, with what they are said to show."""
        rows = [(_picture(row, "480"), row.alt or _("no description")) for row in post.pictures.all()]
        return format_html_join("", '<figure class="pic">{}<figcaption>{}</figcaption></figure>', rows) or "–"

    @admin.display(description=gettext_lazy("Quotes"))
    def quote(self, post: Post) -> str | SafeString:
        """What it quotes."""
        return self._link(post.quote_of_id)

    @admin.display(description=gettext_lazy("Reposts"))
    def repost(self, post: Post) -> str | SafeString:
        """What it reposts."""
        return self._link(post.repost_of_id)

    def _link(self, post_id: UUID | None) -> str | SafeString:
        return format_html('<a href="../../{0}/change/">{0}</a>', post_id) if post_id else "–"

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(gettext_lazy("Remove"), danger=True, tells=True, applies=_stands)
    def remove(self, act: Act[Post]) -> AuditEntry:
        """Take it out of everything; the author reads why."""
        _remove_post(act, act.target)
        return act.record("post.remove", text=act.target.text)

    @reasoned(
        gettext_lazy("Restore"),
        tells=True,
        applies=lambda post: post.repost_of_id is None and _was_removed_by_an_operator(post),
    )
    def restore(self, act: Act[Post]) -> AuditEntry:
        """Bring back what an operator removed."""
        try:
            actions.restore(post_id=act.target.pk)
        except Gone:
            raise Refused(_("it was not removed.")) from None
        _tell(act, "post_restored", act.target, act.target.creator_id, act.target.get_absolute_url())
        return act.record("post.restore")


@admin.register(Comment)
class CommentRoom(Room[Comment]):
    """Every comment, the newest first."""

    list_display = ("begins", "author", "created_at", "reply_count", "state")
    list_filter = (StateFilter,)
    search_by = ("pk", "author__handle")
    search_help_text = gettext_lazy("An author's whole handle, or a comment's id")
    fields = ("author", "page", "state", "whole_text", "created_at", "reply_count", "acts")
    actions = ("remove", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        """With the authors."""
        return super().get_queryset(request).select_related("author")

    @admin.display(description=gettext_lazy("Text"))
    def begins(self, comment: Comment) -> str:
        """How it begins."""
        return excerpt(comment.text)[:LIST_LENGTH]

    @admin.display(description=gettext_lazy("Text"))
    def whole_text(self, comment: Comment) -> SafeString:
        """All of it."""
        return format_html('<div class="said">{}</div>', comment.text)

    @admin.display(description=gettext_lazy("State"))
    def state(self, comment: Comment) -> str:
        """Whether it stands."""
        return _("Stands") if _stands(comment) else _("Gone")

    @admin.display(description=gettext_lazy("Page"))
    def page(self, comment: Comment) -> SafeString:
        """A link to where everybody sees it."""
        return format_html('<a href="{0}">{0}</a>', comment.get_absolute_url())

    @reasoned(gettext_lazy("Remove"), danger=True, tells=True, applies=_stands)
    def remove(self, act: Act[Comment]) -> AuditEntry:
        """Take it away; replies stay, the author reads why."""
        try:
            actions.delete_comment(actor=act.actor, comment_id=act.target.pk, now=act.now)
        except (Gone, NotAllowed):
            raise Refused(_("it is gone already.")) from None
        self._tell(act, "comment_removed")
        return act.record("comment.remove", text=act.target.text)

    @reasoned(gettext_lazy("Restore"), tells=True, applies=_was_removed_by_an_operator)
    def restore(self, act: Act[Comment]) -> AuditEntry:
        """Bring back what an operator removed."""
        try:
            actions.restore_comment(comment_id=act.target.pk)
        except Gone:
            raise Refused(_("it was not removed, or its post is gone.")) from None
        self._tell(act, "comment_restored")
        return act.record("comment.restore")

    def _tell(self, act: Act[Comment], what: str) -> None:
        _tell(act, what, act.target, act.target.author_id, act.target.get_absolute_url())


def _picture(row: PostPicture, size: str) -> str | SafeString:
    at = f"{reverse('admin:posts_postpicture_changelist')}{row.pk}/shown/" if is_private(row.key) else ""
    return picture(row.key, size, row.alt or _("no description"), at=at)


@admin.register(PostPicture)
class PictureRoom(Room[PostPicture]):
    """Every picture of a post, the newest first."""

    list_display = ("preview", "post_link", "author", "alt", "size")
    list_display_links = ("preview",)
    list_per_page = 30
    search_by = ("post__pk", "post__creator__user__handle")
    search_help_text = gettext_lazy("A creator's whole handle, or a post's id or address")
    fields = ("large", "post_link", "author", "alt", "size")
    actions = ("remove_post",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostPicture]:
        """With the posts and their creators."""
        return super().get_queryset(request).select_related("post__creator__user")

    def get_urls(self) -> list[URLPattern]:
        """With the address of a picture that has none of its own."""
        view = self.admin_site.admin_view(self.shown)
        return [path("<int:picture_id>/shown/<int:size>/", view, name="posts_postpicture_shown"), *super().get_urls()]

    def shown(self, request: HttpRequest, picture_id: int, size: int) -> HttpResponse:
        """A picture of a post for some only, or deleted, for who may see every picture."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        keys = PostPicture.objects.filter(pk=picture_id).values_list("key", flat=True)
        return private.send_picture(keys.first(), size)

    @admin.display(description=gettext_lazy("Picture"))
    def preview(self, row: PostPicture) -> str | SafeString:
        """Small."""
        return format_html('<span class="thumb">{}</span>', _picture(row, "480"))

    @admin.display(description=gettext_lazy("Picture"))
    def large(self, row: PostPicture) -> str | SafeString:
        """Large."""
        return format_html('<span class="pic">{}</span>', _picture(row, "960"))

    @admin.display(description=gettext_lazy("Post"))
    def post_link(self, row: PostPicture) -> SafeString:
        """A link to the page of its post."""
        label = _("Stands") if _stands(row.post) else _("Gone")
        return format_html('<a href="{}">{}</a>', row.post.get_absolute_url(), label)

    @admin.display(description=gettext_lazy("Creator"))
    def author(self, row: PostPicture) -> str:
        """Whose it is."""
        return str(row.post.creator)

    @admin.display(description=gettext_lazy("Size"))
    def size(self, row: PostPicture) -> str:
        """In pixels."""
        return f"{row.width} × {row.height}"

    @reasoned(gettext_lazy("Remove its post"), danger=True, tells=True, applies=lambda row: _stands(row.post))
    def remove_post(self, act: Act[PostPicture]) -> AuditEntry:
        """Take the whole post away; the author reads why."""
        _remove_post(act, act.target.post)
        whole = Act(act.actor, act.target.post, act.reason, act.now, act.data)
        return whole.record("post.remove", text=act.target.post.text, picture=act.target.key)
