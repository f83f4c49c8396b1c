"""Components of posts: how they stand, votes on them, correcting a trade idea."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.markets import instruments
from planet.web.htmx import is_htmx
from planet.web.ids import uuid7
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions, blocks
from posts.blocks.access import of_post
from posts.blocks.idea.form import IdeaForm
from posts.errors import AlreadyVoted, NoLongerEditable, NoSuchOption, VotingOver
from posts.models import PostBlock
from posts.views.answers import answers

MOST_STATES = 40


@require_safe
@limited("block_states", "240/m", methods=frozenset({"GET"}))
def states(request: HttpRequest) -> JsonResponse:
    """The live parts of the components in `ids`, for this viewer: one request for everything on the screen."""
    ids = [found for found in map(_id, request.GET.get("ids", "").split(",")[:MOST_STATES]) if found]
    views = blocks.live(ids, viewer_id=request.user.pk, now=timezone.now())
    return JsonResponse({"blocks": {str(pk): _live(request, view) for pk, view in views.items()}})


def _live(request: HttpRequest, view: blocks.BlockView) -> str:
    return render_to_string(view.live_template, {"block": view, "live": view.live}, request)


@require_safe
@signed_in
def editor(request: HttpRequest, kind: str) -> HttpResponse:
    """The editor of a kind, for the composer. Raises Http404 for a kind that is not offered."""
    block = blocks.find(kind)
    if block is None or not block.is_offered():
        raise Http404
    context = {
        "block": block,
        "editor": block.editor({}),
        "instruments": instruments.INSTRUMENTS.values(),
        "uid": uuid7().hex,
    }
    return render(request, "posts/composer/_bed.html", context)


@require_safe
@answers
def of(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """A post's components as they stand, for who reads without scripts."""
    post = access.visible_post(request, post_id)
    if post.pk != post_id:
        return redirect("post_blocks", post.pk)
    rows = list(PostBlock.objects.filter(post=post).order_by("position").values_list("pk", flat=True))
    views = blocks.live(rows, viewer_id=request.user.pk, now=timezone.now())
    shown = [views[pk] for pk in rows if pk in views]
    return render(request, "posts/blocks.html", {"post": post, "blocks": shown})


@require_POST
@signed_in
@limited("vote", "60/m", "1000/d")
@answers
def vote(request: HttpRequest, post_id: UUID, block_id: UUID) -> HttpResponse:
    """Vote for an option. Scripts get the component as it stands then; a browser goes back to where it was."""
    row = of_post(access.visible_post(request, post_id), block_id)
    said, status = "", 200
    try:
        actions.vote(actor=person(request), block_id=row.pk, option=_option(request), now=timezone.now())
    except NoSuchOption:
        raise Http404 from None
    except VotingOver:
        said, status = _("This vote has ended."), 409
    except AlreadyVoted:
        said, status = _("You have voted already, and a vote is for good."), 409
    if not is_htmx(request):
        back = redirect("post_blocks", row.post_id)
        return toast(request, back, said, kind="error") if said else back
    view = blocks.live([row.pk], viewer_id=request.user.pk, now=timezone.now())[row.pk]
    response = HttpResponse(_live(request, view), status=status)
    return toast(request, response, said, kind="error") if said else response


def _option(request: HttpRequest) -> int:
    """The option's number. Raises NoSuchOption for anything that is none."""
    typed = request.POST.get("option", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 3):
        raise NoSuchOption
    return int(typed)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("idea_edit", "30/10m")
@answers
def correct(request: HttpRequest, post_id: UUID, block_id: UUID) -> HttpResponse:
    """Correct an own trade idea, within its first quarter of an hour."""
    row = of_post(access.own_post(request, post_id), block_id)
    if row.kind != "idea":
        raise Http404
    form = IdeaForm(request.POST or None, initial=IdeaForm.initial_of(row.data))
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_idea(actor=person(request), block_id=row.pk, data=form.levels(), now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        except NoLongerEditable:
            return toast(
                request, redirect(row.post), _("The idea stands: its first 15 minutes are over."), kind="error"
            )
        else:
            return toast(request, redirect(row.post), _("Saved"))
    status = 422 if request.method == "POST" else 200
    return render(request, "posts/correct_idea.html", {"form": form, "row": row, "post": row.post}, status=status)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
