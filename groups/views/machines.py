"""How programs are answered: in JSON, refusals too. They come with a token, never with a session."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from groups.actions import bots
from groups.errors import (
    AlreadySent,
    Gone,
    GroupError,
    NoLongerEditable,
    NoSuchReaction,
    NotAMember,
    ReadOnly,
    Stopped,
    TooMany,
    TooSoon,
)
from groups.models import Bot
from groups.queries.bots import by_token
from groups.scopes import Scope
from groups.views.answers import told
from planet.addresses import neighbourhood
from planet.web.ratelimits import Rate, client_ip, spend

MOST_BYTES: Final = 64 * 1024
STRANGERS: Final = (Rate.parse("60/m"),)  # wrong tokens from one address
View = Callable[..., HttpResponse]


class Refused(Exception):  # named like the refusals of groups.errors
    """An answer that is no success: its status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, said: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.said = status, code, said
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def machine(*methods: str) -> Callable[[View], View]:
    """A view for programs. Whatever is refused comes as {"error": {"code", "message"}}; nothing is stored on the way.

    No CSRF token is asked for: no cookie counts here, so no other page's form can do anything in somebody's name.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Refused(405, "method", _("This address does not do that."), Allow=", ".join(methods))
                answer = view(request, *args, **kwargs)
            except Http404:
                answer = _refused(_nothing())
            except Refused as error:
                answer = _refused(error)
            except (GroupError, ValidationError) as error:
                answer = _refused(_judged(error))
            answer["Cache-Control"] = "no-store"
            return answer

        return answering

    return decorate


def _refused(error: Refused) -> HttpResponse:
    body = {"error": {"code": error.code, "message": error.said}}
    return JsonResponse(body, status=error.status, headers=error.headers)


def _nothing() -> Refused:
    return Refused(404, "not_found", _("There is nothing here for this token."))


_ANSWERS: Final[dict[type[Exception], tuple[int, str]]] = {
    TooSoon: (429, "slow_mode"),
    AlreadySent: (409, "conflict"),
    NoLongerEditable: (409, "not_editable"),
    Stopped: (422, "stopped"),
    NoSuchReaction: (422, "invalid"),
    TooMany: (422, "invalid"),
    ValidationError: (422, "invalid"),
    ReadOnly: (403, "read_only"),
}


def _judged(error: GroupError | ValidationError) -> Refused:
    """What an action raised; whoever is no member any more finds nothing, as people do."""
    if isinstance(error, NotAMember | Gone):
        return _nothing()
    status, code = _ANSWERS.get(type(error), (403, "forbidden"))
    wait = {"Retry_After": str(error.seconds)} if isinstance(error, TooSoon) else {}
    return Refused(status, code, told(error), **wait)


# --- who asks ---------------------------------------------------------------------------------------------------------


def bearer(request: HttpRequest, scope: Scope, limit: str, *rates: str) -> Bot:
    """The bot that asks, which may ask this, and not too often. Raises Refused: 401, 403, 429."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    bot = by_token(token.strip(), is_webhook=False) if kind.lower() == "bearer" and token.strip() else None
    if bot is None:
        _count_stranger(request)
        said = _("This takes a bot's token: Authorization: Bearer …")
        raise Refused(401, "unauthorized", said, WWW_Authenticate="Bearer")
    _spend(f"bot_{limit}", bot, *rates)
    if not bot.may(scope):
        raise Refused(403, "scope", _("This token is not good for that."))
    bots.used(bot, timezone.now())
    return bot


def webhook(request: HttpRequest, token: str, *rates: str) -> Bot:
    """The webhook whose address this is. Raises Http404 for any other token, Refused: 429."""
    bot = by_token(token, is_webhook=True)
    if bot is None:
        _count_stranger(request)
        raise Http404
    _spend("webhook", bot, *rates)
    bots.used(bot, timezone.now())
    return bot


def _count_stranger(request: HttpRequest) -> None:
    if wait := spend("bot_stranger", neighbourhood(client_ip(request)), STRANGERS):
        raise _too_often(wait)


def _spend(limit: str, bot: Bot, *rates: str) -> None:
    if wait := spend(limit, str(bot.pk), tuple(Rate.parse(rate) for rate in rates)):
        raise _too_often(wait)


def _too_often(wait: int) -> Refused:
    return Refused(429, "rate_limited", _("Too often: wait a little."), Retry_After=str(wait))


# --- what is asked ----------------------------------------------------------------------------------------------------


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused: 413 for more than 64 KiB, of which nothing is read, 422."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise _too_large()
    try:
        raw = request.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise _too_large()
        found = json.loads(raw)
    except (ValueError, RecursionError, RawPostDataException):
        found = None
    if not isinstance(found, dict):
        raise invalid(_("Send a JSON object."))
    return found


def _too_large() -> Refused:
    return Refused(413, "too_large", _("At most 64 KiB."))


def invalid(said: str) -> Refused:
    """What was sent makes no sense."""
    return Refused(422, "invalid", said)
