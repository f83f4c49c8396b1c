"""Creators, as operators see them: the profile, who follows it, and taking away what must not be shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Creator, Follow
from planet.accounts.models import User
from planet.moderation.actions import tell
from planet.moderation.admin_tools import Act, Room, reasoned
from planet.moderation.models import AuditEntry
from planet.web.templatetags.images import picture
from planet.web.templatetags.planet import avatar

NEWEST = 20


@admin.register(Creator)
class CreatorRoom(Room[Creator]):
    """Every creator, the newest first."""

    list_display = ("user", "name", "followers_count", "posts_count", "created_at")
    search_by = ("pk", "user__handle__startswith", "user__email__startswith")
    search_help_text = gettext_lazy("How a handle or an e-mail address begins, or an id")
    fieldsets = (
        (None, {"fields": ("face", "name", "account", "page", "created_at")}),
        (gettext_lazy("Profile"), {"fields": ("bio", "cover", "links", "languages", "topics")}),
        (gettext_lazy("Reach"), {"fields": ("followers_count", "posts_count", "newest_followers")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    actions = ("remove_avatar", "remove_banner", "empty_profile")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Creator]:
        """With the people behind them."""
        return super().get_queryset(request).select_related("user")

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Picture"))
    def face(self, creator: Creator) -> SafeString:
        """The avatar."""
        return avatar(creator.user, "64")

    @admin.display(description=gettext_lazy("Name"))
    def name(self, creator: Creator) -> str:
        """The display name."""
        return creator.user.name

    @admin.display(description=gettext_lazy("Account"))
    def account(self, creator: Creator) -> SafeString:
        """A link to the person's own page in here."""
        return format_html('<a href="../../../../accounts/user/{}/change/">{}</a>', creator.pk, creator.user)

    @admin.display(description=gettext_lazy("Homepage"))
    def page(self, creator: Creator) -> SafeString:
        """A link to what everybody sees."""
        return format_html('<a href="{0}">{0}</a>', creator.get_absolute_url())

    @admin.display(description=gettext_lazy("Banner"))
    def cover(self, creator: Creator) -> str | SafeString:
        """The banner."""
        return picture(creator.banner, "600", _("Banner")) if creator.banner else "–"

    @admin.display(description=gettext_lazy("Newest followers"))
    def newest_followers(self, creator: Creator) -> str | SafeString:
        """The twenty newest, and where the others are."""
        follows = Follow.objects.filter(creator=creator).select_related("follower").order_by("-id")[:NEWEST]
        people = [(row.follower.get_absolute_url(), row.follower) for row in follows]
        return format_html_join(", ", '<a href="{}">{}</a>', people) or "–"

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(
        gettext_lazy("Remove the picture"), danger=True, tells=True, applies=lambda creator: bool(creator.user.avatar)
    )
    def remove_avatar(self, act: Act[Creator]) -> AuditEntry:
        """The drawn picture stands in its place."""
        was = act.target.user.avatar
        User.objects.filter(pk=act.target.pk).update(avatar="")
        self._tell(act, "avatar_removed")
        return act.record("creator.remove_avatar", was=was)

    @reasoned(gettext_lazy("Remove the banner"), danger=True, tells=True, applies=lambda creator: bool(creator.banner))
    def remove_banner(self, act: Act[Creator]) -> AuditEntry:
        """The plain one stands in its place."""
        was = act.target.banner
        Creator.objects.filter(pk=act.target.pk).update(banner="")
        self._tell(act, "banner_removed")
        return act.record("creator.remove_banner", was=was)

    @reasoned(
        gettext_lazy("Empty bio and links"),
        danger=True,
        tells=True,
        applies=lambda creator: bool(creator.bio or creator.links),
    )
    def empty_profile(self, act: Act[Creator]) -> AuditEntry:
        """For a profile that advertises what must not be advertised; what it said stays in the audit log."""
        was = {"bio": act.target.bio, "links": act.target.links}
        Creator.objects.filter(pk=act.target.pk).update(bio="", links=[])
        self._tell(act, "profile_emptied")
        return act.record("creator.empty_profile", was=was)

    def _tell(self, act: Act[Creator], what: str) -> None:
        url = act.target.get_absolute_url()
        tell(user_id=act.target.pk, group_key=f"{what}:{act.target.pk}", url=url, reason=act.reason, now=act.now)
