"""Looking after a group's bots and webhooks."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from groups import log, scopes
from groups.access import Standing
from groups.actions import bots
from groups.actions.bots import Made
from groups.errors import TooMany
from groups.forms.bots import BotForm, WebhookForm, WebhookNameForm
from groups.models import Bot, LogEntry
from groups.queries import bots as found
from groups.queries import channels
from groups.rights import Right
from groups.views.answers import answers
from groups.views.desk import desk
from groups.views.manage import standing_with
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from planet.web.toasts import toast

RECENT = 10


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_bots", "30/10m")
@never_cache
@answers
def index(request: HttpRequest, handle: str) -> HttpResponse:
    """The bots and webhooks with what was done to them, and forms for one more of each."""
    who = standing_with(request, handle, Right.BOTS)
    posted = request.POST if request.method == "POST" else None
    of_hook = posted is not None and "hook-name" in posted
    bot_form = BotForm(None if of_hook else posted, prefix="bot", initial=BotForm.typed("", int(scopes.EVERYTHING)))
    hook_form = WebhookForm(posted if of_hook else None, prefix="hook", channels=channels.of_group(who.group))
    if posted is not None:
        made = _made_hook(request, who, hook_form) if of_hook else _made_bot(request, who, bot_form)
        if made:
            return _token(request, who, made)
    rows = found.of_group(who.group)
    entries = LogEntry.objects.filter(group=who.group, kind__in=log.kinds_of("bots"))
    context = desk(who, "bots") | {
        "bots": [bot for bot in rows if not bot.is_webhook],
        "webhooks": [bot for bot in rows if bot.is_webhook],
        "bot_form": bot_form,
        "hook_form": hook_form,
        "entries": entries.select_related("actor", "target").order_by("-id")[:RECENT],
        "api": _address(reverse("api_channels")),
    }
    return render(request, "groups/manage/bots.html", context, status=422 if posted is not None else 200)


def _made_bot(request: HttpRequest, who: Standing, form: BotForm) -> Made | None:
    """The new bot; None with what was wrong on the form."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        return bots.make_bot(
            actor=person(request),
            group_id=who.group.pk,
            name=data["name"],
            scopes=data["scopes"],
            now=timezone.now(),
        )
    except (TooMany, ValidationError) as error:
        _not_made(form, error)
        return None


def _made_hook(request: HttpRequest, who: Standing, form: WebhookForm) -> Made | None:
    """The same for a webhook."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        return bots.make_webhook(
            actor=person(request),
            group_id=who.group.pk,
            channel_id=UUID(data["channel_id"]),
            name=data["name"],
            now=timezone.now(),
        )
    except (TooMany, ValidationError) as error:
        _not_made(form, error)
        return None


def _not_made(form: Form, error: TooMany | ValidationError) -> None:
    if isinstance(error, ValidationError):
        form.add_error("name", error)
    else:
        form.add_error(None, _("At most %(most)d bots and webhooks.") % {"most": bots.MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_bots", "30/10m")
@never_cache
@answers
def bot(request: HttpRequest, handle: str, bot_id: int) -> HttpResponse:
    """Change one; with `rotate=1` it gets another token, with `revoke=1` it goes."""
    who = standing_with(request, handle, Right.BOTS)
    row = found.of_id(who.group, bot_id)
    if row is None:
        raise Http404
    actor, now = person(request), timezone.now()
    if request.POST.get("rotate") == "1":
        return _token(request, who, bots.rotate(actor=actor, group_id=who.group.pk, bot_id=bot_id, now=now))
    if request.POST.get("revoke") == "1":
        bots.revoke(actor=actor, group_id=who.group.pk, bot_id=bot_id, now=now)
        return toast(request, redirect("group_bots", who.group.handle), _("Revoked."))
    posted = request.POST if request.method == "POST" else None
    kind = WebhookNameForm if row.is_webhook else BotForm
    form = kind(posted, initial=BotForm.typed(row.name, row.scopes))
    if posted is not None and form.is_valid() and _changed(request, who, row, form):
        return toast(request, redirect("group_bot", who.group.handle, bot_id), _("Saved."))
    context = desk(who, "bots") | {"bot": row, "form": form, "scopes": scopes.names(row.scopes)}
    return render(request, "groups/manage/bot.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, who: Standing, row: Bot, form: Form) -> bool:
    """Whether it was changed; otherwise the form says why not."""
    data = form.cleaned_data
    try:
        bots.change(
            actor=person(request),
            group_id=who.group.pk,
            bot_id=row.pk,
            name=data["name"],
            scopes=data.get("scopes", scopes.NONE),
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error("name", error)
        return False
    return True


def _token(request: HttpRequest, who: Standing, made: Made) -> HttpResponse:
    """The token, this once: in the answer itself, so that it is stored nowhere, not even in a session."""
    secret = _address(reverse("hook", args=[made.token])) if made.bot.is_webhook else made.token
    context = desk(who, "bots") | {"bot": made.bot, "secret": secret, "api": _address(reverse("api_channels"))}
    return render(request, "groups/manage/bot_token.html", context)


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
