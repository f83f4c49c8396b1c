"""An asset's page: price, chart, stance, posts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.markets import queries as markets
from planet.web.htmx import is_htmx
from planet.web.pagination import Page
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import actions, queries
from posts.contexts import assets, feeds
from posts.errors import AlreadyVoted
from posts.queries import Row
from posts.text import Kind


@require_safe
def asset(request: HttpRequest, symbol: str) -> HttpResponse:
    """What is written about an asset, below its price and chart where it has a market; a tab of the chart alone."""
    name = queries.tag_name(kind=Kind.ASSET, raw=symbol)
    if name != symbol:
        return redirect("asset", name, permanent=True)
    instrument, now = markets.instrument(name), timezone.now()
    if is_htmx(request) and instrument and request.GET.get("interval"):
        chart = assets.price(instrument, assets.interval_of(request), now=now)
        return render(request, "posts/_asset_chart.html", {"instrument": instrument, **chart})
    context = feeds.feed(request, _posts(request, name), query="", tag_name=f"${name}", kind=Kind.ASSET.value)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_feed.html", context)
    if instrument is None:
        return render(request, "posts/tag.html", context)
    return render(request, "posts/asset.html", {**context, **assets.header(request, instrument, now=now)})


def _posts(request: HttpRequest, name: str) -> Page[Row]:
    # A symbol that nobody has used yet is an empty page with an invitation, not an error.
    tag = queries.find_tag(kind=Kind.ASSET, name=name)
    if tag is None:
        return Page([], None)
    return queries.tagged(tag=tag, viewer_id=request.user.pk, after=request.GET.get("after"))


@require_POST
@signed_in
@limited("stance", "30/m", "300/d")
def stance(request: HttpRequest, symbol: str) -> HttpResponse:
    """Say whether an asset rises: once a day. htmx gets the box anew, a browser the page."""
    instrument, side, now = markets.instrument(symbol), request.POST.get("side"), timezone.now()
    if instrument is None or instrument.symbol != symbol or side not in ("bull", "bear"):
        raise Http404
    said = ""
    try:
        actions.take_stance(actor=person(request), symbol=symbol, is_bull=side == "bull", now=now)
    except AlreadyVoted:
        said = _("You have said so for today. Tomorrow (UTC) you can say it anew.")
    if is_htmx(request):
        context = assets.stance(request, symbol, now=now)
        response: HttpResponse = render(request, "posts/_stance.html", context, status=409 if said else 200)
    else:
        response = redirect("asset", symbol)
    return toast(request, response, said, kind="error") if said else response
