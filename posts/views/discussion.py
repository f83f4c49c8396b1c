"""What is done with a comment at the press of a button: liking it; by the post's author, pinning and hiding it."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions
from posts.contexts.comments import comment_view
from posts.forms import SwitchForm
from posts.models import Comment, Post
from posts.views.answers import answers

Act = Callable[[Comment, bool], Comment]
Text = str | Promise


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("comment_like", "120/m", "3000/d")
@answers
def like(request: HttpRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Like (`on=1`) or unlike (`on=0`) a comment. Asked for by GET, a page with the button: without scripts."""
    shown, comment = _found(request, post_id, comment_id)
    if request.method != "POST":
        return _ask(request, shown, comment, _("Like this comment?"), _("Like"))

    def act(comment: Comment, on: bool) -> Comment:
        if on:
            return actions.like_comment(actor=person(request), comment_id=comment.pk, now=timezone.now())
        return actions.unlike_comment(actor=person(request), comment_id=comment.pk)

    on, done = _switch(request, comment, act)
    if done is None:
        return HttpResponse(status=400)
    if is_htmx(request):
        return JsonResponse({"liked": on, "likes": done.like_count})
    return redirect(comment)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("comment_order", "60/10m")
@answers
def pin(request: HttpRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Put a comment on top of one's own post (`on=1`), or take it down (`on=0`)."""

    def act(comment: Comment, on: bool) -> Comment:
        return actions.pin_comment(actor=person(request), comment_id=comment.pk, on=on, now=timezone.now())

    return _by_author(
        request,
        _found(request, post_id, comment_id),
        act,
        asked=(gettext_lazy("Put this comment on top?"), gettext_lazy("Pin")),
        said=(gettext_lazy("Pinned on top of the comments"), gettext_lazy("Not pinned any more")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("comment_order", "60/10m")
@answers
def hide(request: HttpRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Lay a comment on one's own post aside (`on=1`), or bring it back (`on=0`)."""

    def act(comment: Comment, on: bool) -> Comment:
        return actions.hide_comment(actor=person(request), comment_id=comment.pk, on=on, now=timezone.now())

    return _by_author(
        request,
        _found(request, post_id, comment_id),
        act,
        asked=(gettext_lazy("Lay this comment aside? It is read behind “Hidden replies”."), gettext_lazy("Hide")),
        said=(gettext_lazy("Moved to the hidden replies"), gettext_lazy("Shown with the others again")),
    )


def _by_author(
    request: HttpRequest, found: tuple[Post, Comment], act: Act, *, asked: tuple[Text, Text], said: tuple[Text, Text]
) -> HttpResponse:
    """Ask, then act; for the post's author. Raises Http404 for anybody else."""
    shown, comment = found
    if shown.creator_id != request.user.pk:
        raise Http404
    if request.method != "POST":
        return _ask(request, shown, comment, *asked)
    on, done = _switch(request, comment, act)
    if done is None:
        return HttpResponse(status=400)
    answer = HttpResponse(status=204) if is_htmx(request) else redirect(f"{shown.get_absolute_url()}#comments")
    return toast(request, answer, said[0] if on else said[1])


def _found(request: HttpRequest, post_id: UUID, comment_id: UUID) -> tuple[Post, Comment]:
    """A living comment under a post that the viewer may see. Raises Http404."""
    shown = access.visible_post(request, post_id)
    comment = access.visible_comment(request, shown, comment_id)
    if comment.deleted_at:
        raise Http404
    return shown, comment


def _switch(request: HttpRequest, comment: Comment, act: Act) -> tuple[bool, Comment | None]:
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return False, None
    on = form.cleaned_data["on"]
    return on, act(comment, on)


def _ask(request: HttpRequest, shown: Post, comment: Comment, question: Text, verb: Text) -> HttpResponse:
    context = {"post": shown, "view": comment_view(comment), "question": question, "verb": verb}
    return render(request, "posts/comment_act.html", context)
