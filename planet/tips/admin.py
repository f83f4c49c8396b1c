"""Tips as operators see them: to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from planet.moderation.admin_tools import Room
from planet.tips.models import Tip


@admin.register(Tip)
class TipRoom(Room[Tip]):
    """Who gave whom what, the newest first; what they wrote stays between the two."""

    list_display = ("at", "payer", "receiver", "kind", "amount")
    list_select_related = ("payer", "receiver")
    list_filter = ("at",)
    search_by = ("pk", "payer__handle", "receiver__handle")
    search_help_text = _("A tip's id, or a person's handle")
    fields = ("id", "at", "payer", "receiver", "kind", "object_id", "number", "amount", "transfer")

    @admin.display(description=_("Amount"))
    def amount(self, tip: Tip) -> str:
        """As people write it."""
        return tip.amount
