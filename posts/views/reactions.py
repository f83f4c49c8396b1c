"""Like, keep, repost: one button each, on or off."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from planet.accounts.access import person, signed_in
from planet.accounts.models import User
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from posts import access, actions, queries
from posts.forms import SwitchForm
from posts.models import Post
from posts.views.answers import answers, back

Act = Callable[[User, UUID], Post]


@require_POST
@signed_in
@limited("like", "120/m", "3000/d")
@answers
def like(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Like (`on=1`) or unlike (`on=0`)."""
    return _react(
        request,
        post_id,
        on=lambda actor, pk: actions.like(actor=actor, post_id=pk, now=timezone.now()),
        off=lambda actor, pk: actions.unlike(actor=actor, post_id=pk),
    )


@require_POST
@signed_in
@limited("bookmark", "120/m", "3000/d")
@answers
def bookmark(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Keep (`on=1`) or drop (`on=0`)."""
    return _react(
        request,
        post_id,
        on=lambda actor, pk: actions.bookmark(actor=actor, post_id=pk, now=timezone.now()),
        off=lambda actor, pk: actions.unbookmark(actor=actor, post_id=pk),
    )


@require_POST
@signed_in
@limited("repost", "30/10m", "300/d")
@answers
def repost(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Repost (`on=1`) or take it back (`on=0`)."""
    return _react(
        request,
        post_id,
        on=lambda actor, pk: actions.repost(actor=actor, post_id=pk, now=timezone.now()),
        off=lambda actor, pk: actions.unrepost(actor=actor, post_id=pk, now=timezone.now()),
    )


def _react(request: HttpRequest, post_id: UUID, *, on: Act, off: Act) -> HttpResponse:
    """htmx and reactions.js get the post's state as it is now; a browser goes back to where the button stood."""
    post = access.visible_post(request, post_id)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    act = on if form.cleaned_data["on"] else off
    act(person(request), post.pk)
    if is_htmx(request):
        states = queries.states([post.pk], viewer_id=request.user.pk)
        return JsonResponse(states[post.pk].as_dict() if post.pk in states else {})
    return back(request, f"{post.get_absolute_url()}#post-{post.pk}")
