"""Saying a post in one of one's groups or conversations: what a card's menu offers (posts/_card_menu.html)."""

from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups import access, contexts
from groups.actions import sending
from groups.errors import GroupError, NotAMember
from groups.views.answers import answers, told
from groups.views.messages import uuid_of
from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts.access import visible_post
from posts.models import Post
from posts.queries import rows


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("message", "30/10s", "150/m")
@answers
def share(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Choose where, with some words of one's own: a dialog, or a page. POST says it there."""
    post = visible_post(request, post_id)
    if request.method == "POST":
        return _say(request, post)
    return _ask(request, post)


def _say(request: HttpRequest, post: Post) -> HttpResponse:
    channel, _who = access.get_channel(person(request), uuid_of(request.POST.get("channel", "")))
    try:
        sent = sending.send(
            channel=channel,
            author=person(request),
            text=request.POST.get("text", ""),
            client_id=uuid_of(request.POST.get("client_id", "")),
            card={"kind": "post", "id": str(post.pk)},
            now=timezone.now(),
        )
    except (GroupError, ValidationError) as error:
        if isinstance(error, NotAMember) or is_htmx(request):
            raise  # a toast says why, and the dialog stays with what was typed
        return _ask(request, post, why=told(error))
    if is_htmx(request):
        return toast(request, HttpResponse(status=204), _("Sent"))
    return toast(request, redirect(sent.get_absolute_url()), _("Sent"))


def _ask(request: HttpRequest, post: Post, why: str = "") -> HttpResponse:
    found = rows([post.pk], viewer_id=person(request).pk)
    context = {
        "post": post,
        "row": found[0] if found else None,
        "targets": places(person(request)),
        "client_id": uuid4(),
        "words": request.POST.get("text", ""),
        "why": why,
    }
    template = "groups/_share_dialog.html" if is_htmx(request) else "groups/share.html"
    return render(request, template, context, status=422 if why else 200)


def places(user: User) -> list[contexts.Target]:
    """The channels in which somebody may write now, in the order of their list. Four queries."""
    found = contexts.targets(user)
    standings = access.standings(user.pk, {one.row.id for one in found})
    return [one for one in found if (who := standings.get(one.row.id)) and access.silence_in(one.channel, who) is None]
