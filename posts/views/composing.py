"""Writing something new: the composer on a page, in a dialog, and what is sent from it."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.images import BadImage
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import access, actions
from posts.contexts import posts as contexts
from posts.contexts.articles import editor
from posts.contexts.drafts import DraftView
from posts.errors import AlreadyPublished, Gone, NotAllowed, NotForSharing
from posts.forms import PostForm
from posts.models import Draft, Post
from posts.queries import Row
from posts.views.answers import answers


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("post", "30/10m", "300/d")
@answers
def new(request: HttpRequest) -> HttpResponse:
    """The composer, alone on a page or in a dialog; POST publishes."""
    actions.require_publisher(person(request))
    if request.method != "POST":
        quote = request.GET.get("quote")
        return composer(request, PostForm(initial={"quote": quote}), quote)
    form = PostForm(request.POST, request.FILES)
    return attempted(request, form, lambda: _publish(request, form))


def attempted(
    request: HttpRequest, form: PostForm, publish: Callable[[], Post], *, draft: Draft | None = None
) -> HttpResponse:
    """What came of publishing: the post, or the composer with what was typed and what is wrong with it."""
    quote = form.data.get("quote")
    if not form.is_valid():
        return composer(request, form, quote, status=422, draft=draft)
    try:
        published = publish()
    except ValidationError as error:
        # What is wrong with an article says with which of its fields.
        form.add_error(None if hasattr(error, "error_dict") else "text", error)
    except BadImage as error:
        form.add_error("pictures", str(error))
    except AlreadyPublished as error:
        form.add_error(None, _("This was already published, without your last changes. Edit it there."))
        return composer(request, form, quote, status=409, published=error.post, draft=draft)
    except (Gone, NotAllowed):
        form.add_error(None, _("The post that you quote was removed."))
    except NotForSharing:
        form.add_error(None, _("This post is for followers: it cannot be reposted or quoted."))
    else:
        return _published(request, published)
    return composer(request, form, quote, status=422, draft=draft)


def _publish(request: HttpRequest, form: PostForm) -> Post:
    actor, now = person(request), timezone.now()
    return actions.publish(actor=actor, now=now, **form.publication(author=actor, now=now))


def _published(request: HttpRequest, published: Post) -> HttpResponse:
    """htmx gets the card, to put on top of a feed; a browser the post's page."""
    if not is_htmx(request):
        return redirect(published)
    response = HttpResponse(contexts.card_of(request, published.pk).html, status=201)
    return toast(request, response, _("Published"))


def composer(
    request: HttpRequest,
    form: PostForm,
    quote: str | None,
    *,
    status: int = 200,
    published: Post | None = None,
    draft: Draft | None = None,
) -> HttpResponse:
    """The composer with what was typed, of a `draft` or of something new; a lost quote is left out."""
    context = {
        "composer": form,
        "published": published,
        "draft": draft,
        "shown": DraftView(draft) if draft else None,
        "quoted": _quoted(request, quote, draft),
    }
    if is_htmx(request):
        template = "posts/_composer_errors.html" if request.method == "POST" else "posts/_composer_dialog.html"
        return render(request, template, context, status=status)
    if form.is_article:
        context |= editor(person(request), form["cover"].value())
        return render(request, "posts/write.html", context, status=status)
    return render(request, "posts/new.html", context, status=status)


def _quoted(request: HttpRequest, quote: str | None, draft: Draft | None) -> Row | None:
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
        if draft or request.method == "POST":
            return None
        raise
