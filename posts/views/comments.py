"""Comments: writing, reading one thread, deleting."""

from math import ceil
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions
from posts.contexts import posts as contexts
from posts.contexts.comments import comment_view
from posts.errors import AlreadyPublished, MayNotAnswer, TooSoon
from posts.forms import CommentForm
from posts.models import Comment, Post
from posts.queries.comments import liked_among, with_people
from posts.queries.comments import newer as newer_comments
from posts.views.answers import answers


@require_POST
@signed_in
@limited("comment", "30/10m", "300/d")
@answers
def new(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Comment on a post, or reply to a comment. htmx gets the comment; a browser the page at the comment."""
    shown = access.visible_post(request, post_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _refused(request, shown, form)
    data = form.cleaned_data
    if data["parent"]:
        access.visible_comment(request, shown, data["parent"])
    try:
        written = actions.comment(
            actor=person(request),
            post_id=shown.pk,
            client_id=data["client_id"],
            text=data["text"],
            parent_id=data["parent"],
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error("text", error)
        return _refused(request, shown, form)
    except MayNotAnswer:
        form.add_error(None, _("The author of this post has chosen who may answer it, and you are not among them."))
        return _refused(request, shown, form)
    except TooSoon as error:
        form.add_error(None, _wait(error.seconds))
        return _refused(request, shown, form)
    except AlreadyPublished:
        form.add_error(None, _("This comment was already sent, without your last changes."))
        return _refused(request, shown, form, status=409)
    return _written(request, written)


def _wait(seconds: int) -> str:
    """How long slow mode lasts still, in the unit that one waits in."""
    if seconds < 100:
        said = ngettext(
            "Slow mode: you can comment here again in %(n)d second.",
            "Slow mode: you can comment here again in %(n)d seconds.",
            seconds,
        )
        return said % {"n": seconds}
    minutes = ceil(seconds / 60)
    said = ngettext(
        "Slow mode: you can comment here again in %(n)d minute.",
        "Slow mode: you can comment here again in %(n)d minutes.",
        minutes,
    )
    return said % {"n": minutes}


def _written(request: HttpRequest, written: Comment) -> HttpResponse:
    if not is_htmx(request):
        return redirect(written)
    view = comment_view(with_people(written.pk))
    context = {"view": view, "post_creator_id": written.post.creator_id}
    return render(request, "posts/_comment.html", context, status=201)


def _refused(request: HttpRequest, shown: Post, form: CommentForm, *, status: int = 422) -> HttpResponse:
    if is_htmx(request):
        return render(request, "posts/_composer_errors.html", {"composer": form}, status=status)
    return render(request, "posts/post.html", contexts.post_page(request, shown, form=form), status=status)


@require_safe
@answers
def thread(request: HttpRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """The thread that a comment is in: where notifications lead, and where more replies come from."""
    shown = access.visible_post(request, post_id)
    if shown.pk != post_id:
        return redirect(shown)
    comment = access.visible_comment(request, shown, comment_id)
    context = contexts.thread_page(request, shown, comment)
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_replies.html", {**context, "view": context["threads"][0]})
    return render(request, "posts/post.html", context)


@require_safe
@answers
def newer(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """The catch-up: comments after the comment `since`, and which of those in `ids` are gone."""
    shown = access.visible_post(request, post_id)
    since = _id(request.GET.get("since", "")) or UUID(int=0)
    known = [found for found in map(_id, request.GET.get("ids", "").split(",")[:200]) if found]
    found = newer_comments(post_id=shown.pk, viewer_id=request.user.pk, since=since)
    living = Comment.objects.filter(pk__in=known, post=shown, deleted_at=None, hidden_at=None, author__is_active=True)
    stay = set(living.values_list("pk", flat=True))
    liked = liked_among(viewer_id=request.user.pk, ids={comment.pk for comment in found})
    views = [comment_view(comment, liked=liked) for comment in found]
    return JsonResponse(
        {
            "comments": [
                {
                    "id": str(view.comment.pk),
                    "root": str(view.comment.root_id or ""),
                    "html": _html(request, view, shown),
                }
                for view in views
            ],
            "gone": [str(pk) for pk in known if pk not in stay],
        }
    )


def _html(request: HttpRequest, view: object, shown: Post) -> str:
    context = {"view": view, "post_creator_id": shown.creator_id}
    return render(request, "posts/_comment.html", context).content.decode()


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("comment_delete", "60/10m")
@answers
def delete(request: HttpRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Ask, then delete an own comment or one on an own post."""
    shown = access.visible_post(request, post_id)
    comment = access.deletable_comment(request, shown, comment_id)
    if request.method != "POST":
        return render(request, "posts/delete_comment.html", {"view": comment_view(comment), "post": shown})
    actions.delete_comment(actor=person(request), comment_id=comment.pk, now=timezone.now())
    if is_htmx(request):
        return toast(request, HttpResponse(status=204), _("Deleted"))
    return toast(request, redirect(shown), _("Deleted"))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
