"""What leaves the site for others to show: drawn pictures, oEmbed, feeds, the sitemap. All as a guest sees it."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from creators.models import Creator
from planet.web.pagination import Page
from planet.web.ratelimits import limited
from posts import queries
from posts.models import Tag
from posts.queries import Row
from posts.sharing import drawing, feeds, oembed, pictures, sitemap, subjects
from posts.sharing.subjects import Subject
from posts.text import symbol, topic_name

_SAFE = frozenset({"GET", "HEAD"})
_FOREVER = "public, max-age=31536000, immutable"
_XML = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@require_safe
@limited("share", "300/10m", methods=_SAFE)
def image(request: HttpRequest, kind: str, key: str, version: str) -> HttpResponse:  # noqa: ARG001
    """The picture beside a link. Its address names what is on it; an old one leads to the present picture."""
    subject = subjects.find(kind, key)
    if subject is None:
        raise Http404
    if version != subject.version:
        return redirect(subject.drawn_url)
    try:
        drawn = pictures.picture(subject)
    except pictures.Busy:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    headers = {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(drawn, content_type=drawing.TYPE, headers=headers)


@require_safe
@limited("oembed", "600/10m", methods=_SAFE)
@cache_control(max_age=300, public=True)
def embed(request: HttpRequest) -> HttpResponse:
    """oEmbed for `?url=` of a post, an article or a profile; JSON only."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": "only json"}, status=HTTPStatus.NOT_IMPLEMENTED)
    subject = oembed.subject_of(request.GET.get("url", ""))
    if subject is None:
        return JsonResponse({"error": "not found"}, status=HTTPStatus.NOT_FOUND)
    size = {name: _size(request.GET.get(name.replace("_", ""), "")) for name in ("max_width", "max_height")}
    response = JsonResponse(oembed.describe(subject, **size))
    response["Access-Control-Allow-Origin"] = "*"  # public, and without credentials
    return response


def _size(typed: str) -> int:
    """A number of pixels that somebody asked for; the largest there is for anything else."""
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 100_000


@require_safe
@cache_control(max_age=300, public=True)
def creator_feed(request: HttpRequest, handle: str, form: str) -> HttpResponse:
    """What a creator published, newest first."""
    creators = Creator.objects.select_related("user").filter(user__is_active=True)
    creator = creators.filter(user__handle=handle.lower()).first()
    if creator is None:
        raise Http404
    page = queries.by_creator(creator_id=creator.pk, viewer_id=None)
    return _feed(request, subjects.of_profile(creator), page, form)


@require_safe
@cache_control(max_age=300, public=True)
def topic_feed(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """What was published about a topic."""
    return _tag_feed(request, Tag.Kind.TOPIC, topic_name(name), form)


@require_safe
@cache_control(max_age=300, public=True)
def asset_feed(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """What was published about an asset."""
    return _tag_feed(request, Tag.Kind.ASSET, symbol(name), form)


def _tag_feed(request: HttpRequest, kind: str, name: str | None, form: str) -> HttpResponse:
    tag = Tag.objects.filter(kind=kind, name=name).first() if name else None
    if tag is None:
        raise Http404
    return _feed(request, subjects.of_tag(kind, tag.name), queries.tagged(tag=tag, viewer_id=None), form)


def _feed(request: HttpRequest, subject: Subject, page: Page[Row], form: str) -> HttpResponse:
    if form not in feeds.FORMATS:
        raise Http404
    return HttpResponse(feeds.feed(subject, page, form=form, path=request.path), content_type=_XML[form])


@require_safe
@cache_control(max_age=3600, public=True)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Where the chunks of the sitemap are."""
    return render(request, "posts/sitemap_index.xml", {"chunks": sitemap.index()}, content_type="application/xml")


@require_safe
@cache_control(max_age=3600, public=True)
@limited("sitemap", "600/10m", methods=_SAFE)
def sitemap_chunk(request: HttpRequest, kind: str, start: str) -> HttpResponse:
    """A chunk of the sitemap, from the key with which it begins."""
    places = sitemap.chunk(kind, start)
    if places is None:
        raise Http404
    return render(request, "posts/sitemap.xml", {"places": places}, content_type="application/xml")
