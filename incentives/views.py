"""The weekly pool for everybody: the rules, each week with all its files, and for a creator the proof of their part."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incentives import access, contexts, prospects, statements, weeks
from incentives.models import Award, Settlement, State
from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web import private, spreadsheets
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited


@require_safe
@never_cache
def pool(request: HttpRequest) -> HttpResponse:
    """The rules that hold and the weeks that were; over htmx only the next page of weeks."""
    after, viewer = request.GET.get("after") or None, _viewer(request)
    if is_htmx(request):
        return render(request, "incentives/_weeks.html", contexts.past(after=after, viewer=viewer))
    return render(request, "incentives/pool.html", contexts.index(now=timezone.now(), after=after, viewer=viewer))


@require_safe
@never_cache
@signed_in
def running(request: HttpRequest) -> HttpResponse:
    """The running week: what it would come to for whoever looks. Worked out by the clock, never here."""
    return render(request, "incentives/now.html", prospects.now(viewer=person(request), at=timezone.now()))


@require_safe
@never_cache
def week(request: HttpRequest, week: str) -> HttpResponse:
    """A week that was paid."""
    return render(request, "incentives/week.html", contexts.week(_paid(week), viewer=_viewer(request)))


@require_safe
@never_cache
@signed_in
def statement(request: HttpRequest, week: str) -> HttpResponse:
    """What one's week came to, content by content; over htmx only the next page of contents."""
    award, after = _own(request, week), request.GET.get("after") or None
    if is_htmx(request):
        return render(request, "incentives/_earnings.html", statements.items(award, after=after))
    return render(request, "incentives/statement.html", statements.statement(award, after=after))


@require_safe
@signed_in
@limited("pool_statement", "20/10m")
def statement_table(request: HttpRequest, week: str) -> HttpResponse:
    """The same as CSV."""
    award = _own(request, week)
    return spreadsheets.sent(statements.table(award), filename=f"{award.settlement.name}-statement.csv")


@require_safe
@signed_in
@limited("pool_statement", "20/10m")
def statement_data(request: HttpRequest, week: str) -> HttpResponse:
    """The same as JSON."""
    award = _own(request, week)
    filename = f"{award.settlement.name}-statement.json"
    return spreadsheets.attached(statements.data(award), filename=filename, media_type="application/json")


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every version of the rules, the newest first, with what each changed."""
    context = contexts.policies(after=request.GET.get("after") or None)
    return render(request, "incentives/_policies.html" if is_htmx(request) else "incentives/policies.html", context)


@require_safe
@limited("pool_file", "60/10m")
def file(request: HttpRequest, week: str, name: str) -> HttpResponse:
    """One of the files of a paid week, as it was settled: pseudonyms, no people."""
    settlement, media_type = _paid(week), access.files(_viewer(request)).get(name)
    if media_type is None:
        raise Http404
    return private.send(f"{settlement.folder}/{name}", media_type=media_type, filename=f"{settlement.name}-{name}")


@require_safe
@never_cache
@signed_in
@limited("pool_proof", "20/10m")
def proof(request: HttpRequest, week: str) -> HttpResponse:
    """What leads from one's own part to the published root."""
    return JsonResponse(contexts.proof(_own(request, week)))


def _viewer(request: HttpRequest) -> User | None:
    return person(request) if request.user.is_authenticated else None


def _own(request: HttpRequest, week: str) -> Award:
    """What a week came to for whoever asks, once their money has moved. Raises Http404 where it came to nothing."""
    awards = Award.objects.select_related("settlement__policy", "correction").filter(settled_at__isnull=False)
    return get_object_or_404(awards, settlement__week=_monday(week), creator=person(request))


def _paid(name: str) -> Settlement:
    """The settlement of a week that was paid. Raises Http404 for any other."""
    return get_object_or_404(Settlement.objects.select_related("policy"), week=_monday(name), state=State.PAID)


def _monday(name: str) -> date:
    try:
        return weeks.parse(name)
    except ValueError:
        raise Http404 from None
