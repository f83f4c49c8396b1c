"""A post: reading, editing, deleting it, and its history."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.pagination import keyset
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions
from posts.contexts import posts as contexts
from posts.errors import EditConflict
from posts.forms import EditForm
from posts.models import Post
from posts.views import articles
from posts.views.answers import answers, home


@require_safe
@answers
def post(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """A post with its comments; `?reply=<comment>` opens the form as a reply, without scripts too."""
    shown = access.visible_post(request, post_id)
    if shown.pk != post_id:
        return redirect(shown)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_threads.html", contexts.post_page(request, shown))
    answering = None
    if reply := request.GET.get("reply"):
        try:
            answering = access.visible_comment(request, shown, UUID(reply))
        except ValueError:
            return redirect(shown)
    frame = contexts.post_page(request, shown, answering=answering)
    if shown.kind == Post.Kind.ARTICLE:
        return articles.page(request, shown, frame)
    return render(request, "posts/post.html", frame)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("edit", "60/10m")
@answers
def edit(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Change the text of an own post."""
    own = access.own_post(request, post_id)
    if own.kind == Post.Kind.ARTICLE:
        return articles.edit(request, own)
    form = EditForm(request.POST or None, initial={"text": own.text, "revision": own.revision}, auto_id=False)
    if request.method != "POST":
        return render(request, "posts/edit.html", {"form": form, "post": own})
    if form.is_valid():
        try:
            data = form.cleaned_data
            actions.edit(
                actor=person(request),
                post_id=own.pk,
                text=data["text"],
                revision=data["revision"],
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error("text", error)
        except EditConflict as error:
            form = EditForm({**request.POST.dict(), "revision": error.post.revision}, auto_id=False)
            form.add_error(None, _("This post was changed on another device meanwhile. Compare, then save again."))
            return render(request, "posts/edit.html", {"form": form, "post": own, "theirs": error.post}, status=409)
        else:
            return toast(request, redirect(own), _("Saved"))
    return render(request, "posts/edit.html", {"form": form, "post": own}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("delete", "60/10m")
@answers
def delete(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Ask, then delete an own post."""
    own = access.own_post(request, post_id)
    if request.method != "POST":
        return render(request, "posts/delete.html", {"card": contexts.card_of(request, own.pk), "post": own})
    actions.delete(actor=person(request), post_id=own.pk, now=timezone.now())
    if is_htmx(request):
        return toast(request, HttpResponse(status=204), _("Deleted"))
    messages.success(request, _("Deleted"))
    return home()


@require_safe
@answers
def history(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """What a post said before its edits, newest first."""
    shown = access.visible_post(request, post_id)
    if shown.pk != post_id:
        return redirect("post_history", shown.pk)
    if shown.kind == Post.Kind.ARTICLE:
        return articles.history(request, shown)
    page = keyset(shown.revisions.all(), after=request.GET.get("after"))
    return render(request, "posts/history.html", {"post": shown, "page": page, "is_first": "after" not in request.GET})
