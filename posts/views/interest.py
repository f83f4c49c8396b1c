"""What readers do not want to be shown, and why they are shown what they are."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from creators.models import Creator
from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions, queries
from posts.contexts.interest import reasons
from posts.models import Tag
from posts.views.answers import answers, back


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """All that the viewer did not want to be shown, or (`?what=topics`) the topics they muted, to take it back."""
    topics_only = request.GET.get("what") == "topics"
    page = queries.uninteresting(user=person(request), after=request.GET.get("after"), topics_only=topics_only)
    return render(request, "posts/not_interested.html", {"page": page, "topics_only": topics_only})


@require_safe
@signed_in
@answers
def why(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Why the viewer is shown a post in For you, and what to say against it: a dialog, or a page."""
    shown = access.visible_post(request, post_id)
    context = {"post": shown, **reasons(shown, person(request), now=timezone.now())}
    return render(request, "posts/_why_dialog.html" if is_htmx(request) else "posts/why.html", context)


@require_POST
@signed_in
@limited("not_interested", "60/10m")
@answers
def post(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """No more (`on=1`, or nothing) of a post or (`what=author`) its author; or (`on=0`) again."""
    shown = access.visible_post(request, post_id)
    in_author = _said(request, "what") == "author"
    url = f"{reverse('not_interested_post', args=[post_id])}?what={'author' if in_author else 'post'}"
    key, value = ("author", shown.creator_id) if in_author else ("post", shown.pk)
    if _said(request, "on") == "0":
        actions.regain_interest(actor=person(request), about=shown, in_author=in_author)
        return _done(request, _("It may be shown to you again."), "interested", key, value)
    actions.lose_interest(actor=person(request), about=shown, in_author=in_author, now=timezone.now())
    said = (
        _("You are shown nothing more by @%(handle)s in For you.") % {"handle": shown.creator.user.handle}
        if in_author
        else _("You are shown less like this.")
    )
    return _done(request, said, "uninterested", key, value, undo=f"{url}&on=0")


@require_POST
@signed_in
@limited("not_interested", "60/10m")
def author(request: HttpRequest, handle: str) -> HttpResponse:
    """Somebody may be shown again (`on=0`), whose posts the viewer may not even see any more."""
    if _said(request, "on") != "0":
        return HttpResponse(status=400)
    found = get_object_or_404(Creator, user__handle=handle.lower())
    actions.regain_interest(actor=person(request), about=found)
    return _done(request, _("It may be shown to you again."), "interested", "author", found.pk)


@require_POST
@signed_in
@limited("not_interested", "60/10m")
def topic(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Mute (`on=1`, or nothing) a topic, or (`on=0`) unmute it."""
    tag = get_object_or_404(Tag, pk=tag_id)
    if _said(request, "on") == "0":
        actions.regain_interest(actor=person(request), about=tag)
        return _done(request, _("It may be shown to you again."), "interested", "topic", tag.pk)
    actions.lose_interest(actor=person(request), about=tag, now=timezone.now())
    said = _("%(topic)s is muted: no more of it in For you and in suggestions. Who mentions you still reaches you.") % {
        "topic": tag
    }
    undo = f"{reverse('not_interested_topic', args=[tag.pk])}?on=0"
    return _done(request, said, "uninterested", "topic", tag.pk, undo=undo)


def _said(request: HttpRequest, name: str) -> str:
    """From the form, or from the address: an undo has no form."""
    return request.POST.get(name) or request.GET.get(name, "")


def _done(request: HttpRequest, said: str, event: str, key: str, value: Any, *, undo: str = "") -> HttpResponse:
    """htmx gets the event, to take the cards away or bring them back; a browser goes back to where it was."""
    if not is_htmx(request):
        return toast(request, back(request, reverse("home")), said)
    response = toast(request, HttpResponse(status=204), said, undo=undo)
    return trigger_client_event(response, f"planet:{event}", {key: str(value)})
