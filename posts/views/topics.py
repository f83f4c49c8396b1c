"""A topic's page, and following it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.pagination import Page
from planet.web.ratelimits import limited
from posts import queries
from posts.access import viewer_of
from posts.actions.topics import follow_topic, unfollow_topic
from posts.contexts import feeds
from posts.models import Tag
from posts.queries import Row
from posts.queries import topics as topic_queries
from posts.queries.topics import Known
from posts.text import Kind


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """Posts with a #topic, newest first or (`?tab=top`) hottest first."""
    known = queries.tag_name(kind=Kind.TOPIC, raw=name)
    if known != name:
        return redirect("topic", known, permanent=True)
    found = topic_queries.known(name=known, user=viewer_of(request))
    tag = found.tag if found else None
    is_top = request.GET.get("tab") == "top"
    context = feeds.feed(request, _posts(request, tag, is_top=is_top), query="&tab=top" if is_top else "")
    if is_htmx(request) and request.GET.get("after"):
        return render(request, "posts/_feed.html", context)
    here = reverse("topic", args=[known])
    tabs = [
        {"url": here, "label": pgettext("posts", "New"), "current": not is_top},
        {"url": f"{here}?tab=top", "label": _("Top"), "current": is_top},
    ]
    return render(request, "posts/topic.html", {**context, "tabs": tabs, **_about(found, known)})


def _posts(request: HttpRequest, tag: Tag | None, *, is_top: bool) -> Page[Row]:
    # A well-formed topic that nobody has used yet is an empty page with an invitation, not an error.
    if tag is None:
        return Page([], None)
    read = topic_queries.hottest if is_top else queries.tagged
    return read(tag=tag, viewer_id=request.user.pk, after=request.GET.get("after"))


def _about(found: Known | None, name: str) -> dict[str, object]:
    return {
        "name": name,
        "tag_name": f"#{name}",
        "followers": found.tag.followers_count if found else 0,
        "follows": bool(found and found.follows),
        "tag": found.tag if found else None,
        "is_muted": bool(found and found.is_muted),
        "related": topic_queries.related(tag=found.tag) if found else [],
    }


@require_POST
@signed_in
@limited("topic_follow", "60/10m", "400/d")
def follow(request: HttpRequest, name: str) -> HttpResponse:
    """Follow (`on=1`) or unfollow (`on=0`) a topic; htmx gets the button as it is now."""
    known = queries.tag_name(kind=Kind.TOPIC, raw=name)
    wanted = request.POST.get("on") == "1"
    if wanted:
        follow_topic(actor=person(request), name=known, now=timezone.now())
    else:
        unfollow_topic(actor=person(request), name=known)
    if is_htmx(request):
        return render(request, "posts/_topic_follow.html", {"name": known, "follows": wanted})
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("topic", args=[known])
    return redirect(back)
