"""The wallet: what one has, what moved, and a statement to keep."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from planet.accounts.access import person, signed_in
from planet.ledger import actions, contexts, queries, statements
from planet.ledger.models import Account
from planet.web import spreadsheets
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited


@require_safe
@never_cache
@signed_in
def wallet(request: HttpRequest) -> HttpResponse:
    """Balances and history; over htmx only the history's next page."""
    user, chosen = person(request), contexts.wanted(request.GET)
    context = contexts.history(user=user, chosen=chosen, after=request.GET.get("after") or None)
    if is_htmx(request):
        return render(request, "ledger/_history.html", context)
    return render(request, "ledger/wallet.html", {**context, **contexts.wallet(user=user, chosen=chosen)})


@require_safe
@never_cache
@signed_in
@limited("statement", "20/10m")
def statement(request: HttpRequest) -> HttpResponse:
    """The whole history as CSV, written while it is read."""
    user, chosen = person(request), contexts.wanted(request.GET)
    # What waits gets its place now, so that every line has its balance.
    for pk in Account.objects.filter(owner=user).values_list("pk", flat=True):
        actions.fold(account_id=pk)
    rows = statements.rows(queries.statement(owner=user, **chosen))
    return spreadsheets.sent(rows, filename=f"statement-{user.handle}.csv")
