"""What a list of cards carries beside them: the signed impressions of what it shows (planet.engagement).

{% shown cards %}   the cards, and their impressions
{% seen cards %}    the impressions by themselves, beside posts that are shown in another way
"""

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from planet.engagement import impressions
from posts.attention import place_of
from posts.cards import Card
from posts.queries import Row

register = template.Library()


@register.simple_tag(takes_context=True)
def shown(context: Context, cards: Sequence[Card]) -> SafeString:
    """A list of cards; a loop in a template takes as long as a card does."""
    return mark_safe("".join((*(card.html for card in cards), seen(context, cards))))  # noqa: S308  # all of it is safe


@register.simple_tag(takes_context=True)
def seen(context: Context, cards: Sequence[Card] | Row) -> SafeString:
    """Of a list of cards, or of one row; nothing where a fragment is rendered for nobody in particular."""
    request = context.get("request")
    if request is None or not cards:
        return SafeString()
    posts = [cards.post] if isinstance(cards, Row) else [card.row.post for card in cards]
    items = [(post.id, post.creator_id) for post in posts]
    return impressions.sign(request, items, place=place_of(request))
