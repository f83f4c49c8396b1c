"""The ledger as operators see it: to look at. What is wrong is reversed by the product, never edited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from planet.ledger.kinds import name_of
from planet.ledger.models import Account, Hold, Transfer
from planet.moderation.admin_tools import Room


@admin.register(Account)
class AccountRoom(Room[Account]):
    """Balances: folded ones, a few seconds old for whoever is being paid right now."""

    list_display = ("id", "owner", "kind", "asset", "amount", "number")
    list_select_related = ("owner",)
    list_filter = ("kind", "asset")
    search_by = ("owner__handle",)
    search_help_text = _("A person's handle")
    fields = ("id", "owner", "kind", "asset", "amount", "number", "created_at")


@admin.register(Transfer)
class TransferRoom(Room[Transfer]):
    """What moved, the newest first, with every leg."""

    list_display = ("at", "named", "memo", "actor", "reverses")
    list_select_related = ("actor", "reverses")
    list_filter = ("at",)
    search_by = ("pk", "key")
    search_help_text = _("A transfer's id or key")
    fields = ("id", "at", "named", "key", "memo", "actor", "reverses", "every_leg")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        """With whoever did it."""
        return super().get_queryset(request).select_related("actor", "reverses")

    @admin.display(description=_("kind"))
    def named(self, transfer: Transfer) -> str:
        """The kind, in words."""
        return name_of(transfer.kind)

    @admin.display(description=_("legs"))
    def every_leg(self, transfer: Transfer) -> SafeString:
        """Who had how much less and more."""
        legs = transfer.legs.select_related("account__owner").order_by("units")
        return format_html_join(
            "", "<p>{} {} · {}</p>", ((leg.amount, leg.asset, str(leg.account)) for leg in legs[:100])
        )


@admin.register(Hold)
class HoldRoom(Room[Hold]):
    """What people set aside, and how it ended."""

    list_display = ("owner", "amount", "asset", "expires_at", "end", "ended_at")
    list_select_related = ("owner",)
    list_filter = ("end", "asset")
    search_by = ("pk", "owner__handle")
    search_help_text = _("A hold's id, or a person's handle")
    fields = ("id", "owner", "amount", "asset", "placed", "expires_at", "end", "ended", "ended_at")
