"""Drafts: the box, writing on, saving, choosing a moment, publishing, throwing away."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.images import BadImage
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions, moments
from posts.contexts import drafts as contexts
from posts.contexts.posts import card_of
from posts.errors import AlreadyPublished, DraftConflict, NotACreator, TooLarge, TooManyDrafts, TooManyScheduled
from posts.forms import PostForm, ScheduleForm, content_of, form_of, publish_draft
from posts.models import Draft
from posts.views.answers import answers
from posts.views.composing import attempted, composer


@require_safe
@signed_in
@answers
def box(request: HttpRequest) -> HttpResponse:
    """One's own drafts, or what is scheduled; `?q=` searches them."""
    if not person(request).is_creator:
        raise NotACreator
    return render(request, "posts/drafts.html", contexts.box(request, person(request).pk))


@require_safe
@signed_in
@answers
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Write on in a draft."""
    found = access.own_draft(request, draft_id)
    return composer(request, form_of(found), found.first("quote") or None, draft=found)


@require_POST
@signed_in
@limited("draft", "900/10m", "9000/d")
@answers
def save(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keep the composer's form. Scripts ask for JSON, and get the new version; or, with 409, both versions to compare.

    Without scripts the button says what comes `then`: the draft box, or choosing the moment to publish.
    """
    quiet = request.headers.get("Accept") == "application/json"
    try:
        return _kept(request, _saved(request, draft_id), quiet=quiet)
    except DraftConflict as error:
        return _diverged(request, error.draft, quiet=quiet)
    except AlreadyPublished as error:
        if quiet:
            return JsonResponse({"url": error.post.get_absolute_url()}, status=410)
        return toast(request, redirect(error.post), _("This was already published."))
    except (TooManyDrafts, TooLarge, BadImage) as error:
        return _unsaved(request, error, quiet=quiet)


def _kept(request: HttpRequest, saved: Draft | None, *, quiet: bool) -> HttpResponse:
    if quiet:
        return JsonResponse({"version": saved.version if saved else 0})
    if saved and request.POST.get("then") == "schedule":
        return redirect("draft_schedule", saved.pk)
    return toast(request, redirect("drafts"), _("Saved in drafts") if saved else _("There was nothing to save."))


def _saved(request: HttpRequest, draft_id: UUID) -> Draft | None:
    content = content_of(request.POST)
    form = PostForm(request.POST, request.FILES)
    form.is_valid()  # a draft need not be; only its files are taken from the form
    version = request.POST.get("version", "")
    return actions.save_draft(
        actor=person(request),
        draft_id=draft_id,
        content=form.with_uploads_stored(content),
        version=int(version) if version.isascii() and version.isdigit() else 0,
        writer=request.POST.get("writer", "")[:36],
        now=timezone.now(),
    ).draft


def _unsaved(request: HttpRequest, error: Exception, *, quiet: bool) -> HttpResponse:
    """Why it was not kept; what was typed is shown again."""
    if isinstance(error, TooManyDrafts):
        said = _("You have %(most)d drafts: publish or delete one before you keep another.") % {
            "most": actions.MAX_DRAFTS
        }
    else:
        said = str(error) if isinstance(error, BadImage) else _("This is more than a draft can hold.")
    status = 413 if isinstance(error, TooLarge) else 422
    if quiet:
        return JsonResponse({"error": said}, status=status)
    form = PostForm(request.POST)
    form.add_error(None, said)
    return composer(request, form, form.data.get("quote"), status=status)


def _diverged(request: HttpRequest, theirs: Draft, *, quiet: bool) -> HttpResponse:
    """Both versions beside each other: what was just sent, and what another tab or device saved."""
    context = {"theirs": contexts.DraftView(theirs), "mine": contexts.DraftView(_unsaved_draft(request, theirs))}
    if quiet:
        return render(request, "posts/_draft_conflict.html", context, status=409)
    form = PostForm(request.POST)
    form.add_error(None, _("This draft was changed on another device meanwhile. Compare, then save again."))
    return render(
        request,
        "posts/new.html",
        {**context, "composer": form, "draft": theirs, "shown": context["theirs"]},
        status=409,
    )


def _unsaved_draft(request: HttpRequest, theirs: Draft) -> Draft:
    """What was sent, in the shape of a draft, for comparing."""
    return Draft(pk=theirs.pk, content=content_of(request.POST), version=theirs.version)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("schedule", "60/10m")
@answers
def schedule(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Choose when a draft goes out, or another time for one that is scheduled; a page or a dialog."""
    found = access.own_draft(request, draft_id)
    if request.method != "POST":
        return _moment(request, found, ScheduleForm(initial=_initial(found), auto_id="schedule_%s"))
    form = ScheduleForm(request.POST, auto_id="schedule_%s")
    if form.is_valid():
        try:
            planned = actions.schedule(
                actor=person(request),
                draft_id=found.pk,
                publish_at=form.cleaned_data["moment"],
                time_zone=form.cleaned_data["zone"],
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error("at", error)
        except TooManyScheduled:
            form.add_error(None, _("You have %(most)d scheduled posts already.") % {"most": actions.MAX_SCHEDULED})
        else:
            return _planned(request, planned)
    return _moment(request, found, form, status=422)


def _moment(request: HttpRequest, found: Draft, form: ScheduleForm, *, status: int = 200) -> HttpResponse:
    wrong = form_of(found)
    context = {
        "draft": found,
        "form": form,
        "zones": moments.time_zones(),
        "composer": None if wrong.is_valid() else wrong,
    }
    template = "posts/_schedule_dialog.html" if is_htmx(request) else "posts/schedule.html"
    return render(request, template, context, status=status)


def _initial(found: Draft) -> dict[str, object]:
    """The chosen moment; where there is none, a script proposes one on the browser's clock."""
    if found.publish_at is None:
        return {"zone": found.time_zone or "UTC"}
    return {"zone": found.time_zone, "at": moments.on_the_clock(found.publish_at, found.time_zone)}


def _planned(request: HttpRequest, planned: Draft) -> HttpResponse:
    shown = contexts.DraftView(planned)
    said = _("Scheduled: %(time)s, %(place)s") % {
        "time": date_format(shown.goes_out, _("j M Y, H:i")) if shown.goes_out else "",
        "place": shown.place,
    }
    if is_htmx(request):
        response = toast(request, HttpResponse(status=204), said)
        return trigger_client_event(response, "planet:scheduled", {"id": str(planned.pk)})
    return toast(request, redirect(f"{reverse('drafts')}?tab=scheduled"), said)


@require_POST
@signed_in
@answers
def unschedule(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """It does not go out by itself any more."""
    found = access.own_draft(request, draft_id)
    actions.unschedule(actor=person(request), draft_id=found.pk)
    return toast(request, redirect("drafts"), _("Not scheduled any more: it is a draft."))


@require_POST
@signed_in
@limited("post", "30/10m", "300/d")
@answers
def publish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Publish a draft now, as it is kept; what is wrong with it is said in its composer."""
    actor, found = person(request), access.own_draft(request, draft_id)
    form = form_of(found)
    return attempted(request, form, lambda: publish_draft(found, actor, timezone.now()), draft=found)


@require_POST
@signed_in
@answers
def delete(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away; for a day it can be had back."""
    found = access.own_draft(request, draft_id)
    actions.throw_away(actor=person(request), draft_id=found.pk, now=timezone.now())
    undo = reverse("draft_restore", args=[found.pk])
    if is_htmx(request):
        return toast(request, HttpResponse(status=200), _("Draft deleted"), undo=undo)
    return render(request, "posts/draft_deleted.html", {"draft": contexts.DraftView(found)})


@require_POST
@signed_in
@answers
def restore(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Undo: it is a draft again."""
    try:
        actions.get_back(actor=person(request), draft_id=draft_id)
    except TooManyDrafts:
        said = _("You have %(most)d drafts already.") % {"most": actions.MAX_DRAFTS}
        return toast(request, redirect("drafts"), said, kind="error")
    response = toast(request, redirect("drafts"), _("It is in your drafts again."))
    if is_htmx(request):
        response = HttpResponse(status=204, headers={"HX-Redirect": reverse("drafts")})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("delete", "60/10m")
@answers
def redraft(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Ask, then take a published post back into a draft: the post, its comments and reactions are gone."""
    own = access.own_post(request, post_id)
    if request.method != "POST" and own.thread_id:
        return redirect("post_redraft", own.thread_id)
    if request.method != "POST":
        return render(request, "posts/redraft.html", {"card": card_of(request, own.pk), "post": own})
    try:
        made = actions.redraft(actor=person(request), post_id=own.pk, now=timezone.now())
    except TooManyDrafts:
        said = _("You have %(most)d drafts already.") % {"most": actions.MAX_DRAFTS}
        return toast(request, redirect(own), said, kind="error")
    return toast(request, redirect(made), _("The post is a draft now."))
