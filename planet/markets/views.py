"""Prices for scripts."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from planet.markets import queries
from planet.markets.figures import quote_data
from planet.web.ratelimits import limited


@require_safe
@limited("quotes", "120/m", methods=frozenset({"GET"}))
def quotes(request: HttpRequest) -> JsonResponse:
    """The quotes of `symbols` (SOL,ETH): for a cashtag under the pointer. Assets without a market are left out."""
    asked = request.GET.get("symbols", "")[:1000].split(",")
    found = queries.quotes(asked)
    return JsonResponse(
        {
            "simulated": queries.is_simulated(),
            "quotes": {symbol: quote_data(quote) for symbol, quote in found.items()},
        }
    )
