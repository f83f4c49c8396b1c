"""People: look them up, suspend, sign out, take a false name away, make operators."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.accounts.access import person
from planet.accounts.models import DisplayNameChange, User
from planet.moderation import actions, roles
from planet.moderation.admin_tools import Act, ReasonForm, Refused, Room, Rows, reasoned
from planet.moderation.models import AuditEntry
from planet.web.templatetags.planet import avatar


class RoleForm(ReasonForm):
    """Which role, and why."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[*roles.LABELS.items(), ("", gettext_lazy("No operator"))],
    )
    field_order = ("role", "reason")


class NameChanges(Rows):
    """The display names a person has had."""

    model = DisplayNameChange
    fields = ("at", "old", "new")
    ordering = ("-at",)
    verbose_name_plural = gettext_lazy("Display names")


def _allowed(action: Callable[..., AuditEntry], act: Act[User], **options: Any) -> AuditEntry:
    """Call an action of moderation for an operator; what it does not allow is refused."""
    try:
        return action(actor=act.actor, user=act.target, reason=act.reason, now=act.now, **options)
    except actions.NotAllowed as error:
        raise Refused(str(error)) from None


@admin.register(User)
class UserRoom(Room[User]):
    """Everybody with an account, the newest first."""

    list_display = ("handle", "display_name", "email", "kyc_state", "is_creator", "trust_level", "is_active", "joined")
    list_filter = ("is_active", "kyc_state", "is_creator", "trust_level", "is_staff")
    search_by = ("pk", "handle__startswith", "email__startswith")
    search_help_text = gettext_lazy("How a handle or an e-mail address begins, or an id")
    fieldsets = (
        (None, {"fields": ("face", "handle", "display_name", "email", "addresses", "language", "page")}),
        (gettext_lazy("Standing"), {"fields": ("is_active", "kyc_state", "is_creator", "trust_level", "role")}),
        (gettext_lazy("Security"), {"fields": ("date_joined", "last_login", "second_factor", "sessions")}),
        (gettext_lazy("Audit"), {"fields": ("acts",)}),
    )
    inlines = (NameChanges,)
    actions = ("suspend", "reinstate", "sign_out", "reset_name", "remove_second_factor", "give_role")

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        """Whoever may make operators."""
        return person(request).is_superuser

    # --- looking ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Picture"))
    def face(self, user: User) -> SafeString:
        """The avatar."""
        return avatar(user, "64")

    @admin.display(description=gettext_lazy("Homepage"))
    def page(self, user: User) -> SafeString:
        """A link to what everybody sees."""
        return format_html('<a href="{0}">{0}</a>', user.get_absolute_url())

    @admin.display(description=gettext_lazy("Joined"), ordering="-pk")
    def joined(self, user: User) -> Any:
        """When the account was made."""
        return user.date_joined

    @admin.display(description=gettext_lazy("Addresses"))
    def addresses(self, user: User) -> SafeString | str:
        """Every e-mail address, and whether it was confirmed."""
        found = EmailAddress.objects.filter(user=user).order_by("-primary", "email").values_list("email", "verified")
        rows = [(email, _("confirmed") if verified else _("not confirmed")) for email, verified in found]
        return format_html_join(", ", "{} ({})", rows) or "–"

    @admin.display(description=gettext_lazy("Role"))
    def role(self, user: User) -> str:
        """What the person may do here."""
        if user.is_superuser:
            return _("Superuser")
        names = user.groups.filter(name__in=roles.ROLES).values_list("name", flat=True) if user.is_staff else []
        return ", ".join(str(roles.LABELS[name]) for name in names) or "–"

    @admin.display(description=gettext_lazy("Second factor"))
    def second_factor(self, user: User) -> str:
        """Which kinds of second factor the person has; never their secrets."""
        kinds = Authenticator.objects.filter(user=user).values("type").annotate(many=Count("pk")).order_by("type")
        labels = dict(Authenticator.Type.choices)
        return ", ".join(f"{labels[kind['type']]} × {kind['many']}" for kind in kinds) or "–"

    @admin.display(description=gettext_lazy("Sessions"))
    def sessions(self, user: User) -> int:
        """How many browsers are signed in."""
        count: int = UserSession.objects.filter(user=user).count()
        return count

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without what the list does not show."""
        return super().get_queryset(request).defer("password")

    # --- acting -----------------------------------------------------------------------------------

    @reasoned(gettext_lazy("Suspend"), danger=True, applies=lambda user: user.is_active)
    def suspend(self, act: Act[User]) -> AuditEntry:
        """Close the account."""
        return _allowed(actions.suspend, act)

    @reasoned(gettext_lazy("Reinstate"), applies=lambda user: not user.is_active)
    def reinstate(self, act: Act[User]) -> AuditEntry:
        """Open it again."""
        return _allowed(actions.reinstate, act)

    @reasoned(gettext_lazy("Sign out everywhere"))
    def sign_out(self, act: Act[User]) -> AuditEntry:
        """End every session."""
        return _allowed(actions.sign_out, act)

    @reasoned(
        gettext_lazy("Take the display name away"),
        danger=True,
        tells=True,
        applies=lambda user: user.display_name not in ("", user.handle),
    )
    def reset_name(self, act: Act[User]) -> AuditEntry:
        """For a name that pretends to be somebody else."""
        return _allowed(actions.reset_name, act)

    @reasoned(
        gettext_lazy("Remove the second factor"),
        danger=True,
        tells=True,
        applies=lambda user: Authenticator.objects.filter(user=user).exists(),
    )
    def remove_second_factor(self, act: Act[User]) -> AuditEntry:
        """For somebody who lost it, and proved to be who they are."""
        return _allowed(actions.remove_second_factor, act)

    @reasoned(gettext_lazy("Give a role"), permission="superuser", form=RoleForm)
    def give_role(self, act: Act[User]) -> AuditEntry:
        """Make somebody an operator, or one no more."""
        return _allowed(actions.give_role, act, role=act.data["role"])
