"""What operators may do short of everything: each role is a group, and the code says what it holds.

Superusers may do everything; they give the roles. After every `migrate` the groups hold what is written here.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

_LOOK = (
    "accounts.view_user",
    "creators.view_creator",
    "posts.view_post",
    "posts.view_comment",
    "posts.view_postpicture",
    "posts.view_postrevision",
    "discover.view_trend",
    "groups.view_group",
    "groups.view_sanction",
)
_MONEY = (
    "accounts.view_user",
    "ledger.view_account",
    "ledger.view_transfer",
    "ledger.view_hold",
    "tips.view_tip",
    "cashier.view_deposit",
    "cashier.view_withdrawal",
    "incentives.view_policy",
    "incentives.view_settlement",
    "incentives.view_award",
)
# Names of permissions, `app.verb_model`. `change` is the right to use a room's tools.
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "Observer": _LOOK,
    "Identity reviewer": ("accounts.view_user", "accounts.view_kycapplication", "accounts.change_kycapplication"),
    "Moderator": (
        *_LOOK,
        "accounts.change_user",
        "creators.change_creator",
        "posts.change_post",
        "posts.change_comment",
        "posts.change_postpicture",
        "discover.change_trend",
        "groups.change_group",
        "groups.change_sanction",
        "incentives.view_cluster",
        "incentives.change_cluster",
        "incentives.view_linkappeal",
        "incentives.change_linkappeal",
        "usersessions.view_usersession",
        "usersessions.change_usersession",
        "notifications.view_notification",
        "moderation.view_reported",
        "moderation.view_report",
        "moderation.change_reported",
        "moderation.view_auditentry",
    ),
    "Accountant": _MONEY,
    "Treasurer": (
        *_MONEY,
        "cashier.change_withdrawal",
        "cashier.fund_treasury",
        "incentives.add_policy",
        "incentives.change_settlement",
        "incentives.change_award",
        "moderation.view_auditentry",
    ),
}
LABELS: Final = {
    "Observer": _("Observer"),
    "Identity reviewer": _("Identity reviewer"),
    "Moderator": _("Moderator"),
    "Accountant": _("Accountant"),
    "Treasurer": _("Treasurer"),
}


def group(role: str) -> Group:
    """The group of a role, holding what the code says. Raises KeyError for a role that does not exist."""
    wanted = Q()
    for name in ROLES[role]:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    made, _new = Group.objects.get_or_create(name=role)
    made.permissions.set(Permission.objects.filter(wanted))
    return made


def _refresh(**_: Any) -> None:
    for role in Group.objects.filter(name__in=ROLES).values_list("name", flat=True):
        group(role)


def keep_in_step() -> None:
    """Refresh the groups at the end of every `migrate`, when the last app has its permissions."""
    last = list(apps.get_app_configs())[-1]
    post_migrate.connect(_refresh, sender=last, dispatch_uid="planet.moderation.roles")
