"""Money in templates: how much, and whether it is real."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planet.ledger.assets import Asset, brief, is_test_money

register = template.Library()


@register.simple_tag
def test_money() -> SafeString:
    """The label of test funds, on every page that shows some; nothing where money is real."""
    if not is_test_money():
        return SafeString()
    said = _("Test funds: this planet is not connected to an exchange, and these amounts are worth nothing.")
    return format_html('<span class="tagx warn" title="{}">{}</span>', said, _("Test funds"))


@register.filter
def usdt(units: int) -> str:
    """Base units of USDT as people write them, without zeros that say nothing."""
    return brief(units, Asset.USDT)
