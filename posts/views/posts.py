"""A post: reading, writing, editing, deleting it, and its history."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.images import BadImage
from planet.web.pagination import keyset
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions
from posts.contexts import posts as contexts
from posts.errors import AlreadyPublished, EditConflict, Gone, NotAllowed, NotForSharing
from posts.forms import EditForm, PostForm
from posts.models import Post
from posts.queries import Row
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
    return render(request, "posts/post.html", contexts.post_page(request, shown, answering=answering))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("post", "30/10m", "300/d")
@answers
def new(request: HttpRequest) -> HttpResponse:
    """The composer, alone on a page or in a dialog; POST publishes."""
    actions.require_publisher(person(request))
    if request.method != "POST":
        quote = request.GET.get("quote")
        return _composer(request, PostForm(initial={"quote": quote}), quote)
    form = PostForm(request.POST, request.FILES)
    quote = request.POST.get("quote")
    if not form.is_valid():
        return _composer(request, form, quote, status=422)
    try:
        published = _publish(request, form)
    except ValidationError as error:
        form.add_error("text", error)
    except BadImage as error:
        form.add_error("pictures", str(error))
    except AlreadyPublished as error:
        form.add_error(None, _("This was already published, without your last changes. Edit it there."))
        return _composer(request, form, quote, status=409, published=error.post)
    except (Gone, NotAllowed):
        form.add_error(None, _("The post that you quote was removed."))
    except NotForSharing:
        form.add_error(None, _("This post is for followers: it cannot be reposted or quoted."))
    else:
        return _published(request, published)
    return _composer(request, form, quote, status=422)


def _publish(request: HttpRequest, form: PostForm) -> Post:
    return actions.publish(actor=person(request), now=timezone.now(), **form.publication())


def _published(request: HttpRequest, published: Post) -> HttpResponse:
    """htmx gets the card, to put on top of a feed; a browser the post's page."""
    if not is_htmx(request):
        return redirect(published)
    response = HttpResponse(contexts.card_of(request, published.pk).html, status=201)
    return toast(request, response, _("Published"))


def _composer(
    request: HttpRequest, form: PostForm, quote: str | None, *, status: int = 200, published: Post | None = None
) -> HttpResponse:
    """The composer with what was typed; a quoted post that may not be seen is left out."""
    context = {"composer": form, "published": published, "quoted": _quoted(request, quote)}
    if is_htmx(request):
        template = "posts/_composer_errors.html" if request.method == "POST" else "posts/_composer_dialog.html"
        return render(request, template, context, status=status)
    return render(request, "posts/new.html", context, status=status)


def _quoted(request: HttpRequest, quote: str | None) -> Row | None:
    """The post to quote; what was typed is shown again even when the quote is lost.

    Raises Http404, Gone or NotForSharing.
    """
    if not quote:
        return None
    try:
        quoted = access.visible_post(request, UUID(quote))
        actions.require_public(quoted)
        return contexts.card_of(request, quoted.pk).row
    except ValueError:
        return None
    except (Http404, Gone, NotForSharing):
        if request.method == "POST":
            return None
        raise


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("edit", "60/10m")
@answers
def edit(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Change the text of an own post."""
    own = access.own_post(request, post_id)
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
    page = keyset(shown.revisions.all(), after=request.GET.get("after"))
    return render(request, "posts/history.html", {"post": shown, "page": page, "is_first": "after" not in request.GET})
