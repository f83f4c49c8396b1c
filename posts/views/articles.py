"""Articles: writing and previewing, changing one, its page and its history."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planet.accounts.access import person, signed_in
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast
from posts import actions
from posts.article_form import ArticleForm, EditArticleForm, as_it_stands
from posts.contexts import articles as contexts
from posts.errors import EditConflict
from posts.forms import PostForm
from posts.models import Post
from posts.views.answers import answers
from posts.views.composing import composer


@require_safe
@signed_in
@answers
def new(request: HttpRequest) -> HttpResponse:
    """The editor, empty. It publishes where every composer does, and is kept as a draft like any other."""
    actions.require_publisher(person(request))
    return composer(request, PostForm(initial={"kind": Post.Kind.ARTICLE}), None)


@require_POST
@signed_in
@limited("preview", "240/10m")
@answers
def preview(request: HttpRequest) -> HttpResponse:
    """What stands in the editor as its page would show it: a fragment for scripts, a page by itself without."""
    actions.require_publisher(person(request))
    form = ArticleForm(request.POST)
    problem, context = "", dict[str, Any]()
    try:
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.as_data().values() for error in errors])
        data = form.cleaned_data
        context = contexts.preview(person(request), title=data["title"], summary=data["text"], body=data["body"])
    except ValidationError as error:
        problem = " ".join(error.messages)
    context["problem"] = problem
    template = "posts/_article_preview.html" if is_htmx(request) else "posts/article_preview.html"
    return render(request, template, context, status=422 if problem else 200)


def page(request: HttpRequest, post: Post, frame: dict[str, Any]) -> HttpResponse:
    """An article with its comments. `frame` is what every post's page shows."""
    return render(request, "posts/article.html", contexts.article_page(request, post, frame))


def edit(request: HttpRequest, post: Post) -> HttpResponse:
    """Change the words of an own article; what was typed stays when somebody else was faster."""
    form = EditArticleForm(request.POST or None, initial=as_it_stands(post, post.article))
    if request.method != "POST":
        return _editor(request, post, form)
    if not form.is_valid():
        return _editor(request, post, form, status=422)
    try:
        actions.edit_article(
            actor=person(request),
            post_id=post.pk,
            text=form.cleaned_data["text"],
            article=form.article(),
            revision=form.cleaned_data["revision"],
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
    except EditConflict as error:
        form = EditArticleForm({**request.POST.dict(), "revision": error.post.revision})
        form.add_error(None, _("This article was changed on another device meanwhile. Compare, then save again."))
        return _editor(request, post, form, status=409, theirs=error.post)
    else:
        return toast(request, redirect(post), _("Saved"))
    return _editor(request, post, form, status=422)


def _editor(
    request: HttpRequest, post: Post, form: EditArticleForm, *, status: int = 200, theirs: Post | None = None
) -> HttpResponse:
    editor = contexts.editor(person(request), form["cover"].value())
    context = {"composer": form, "post": post, "theirs": theirs, **editor}
    return render(request, "posts/article_edit.html", context, status=status)


def history(request: HttpRequest, post: Post) -> HttpResponse:
    """What an article said before its edits, newest first; `?version=` shows one of them whole."""
    chosen = request.GET.get("version", "")
    if chosen.isascii() and chosen.isdigit():
        return render(request, "posts/article_version.html", contexts.version(post, int(chosen)))
    page = contexts.history(post, after=request.GET.get("after"))
    context = {"post": post, "article": post.article, "page": page, "is_first": "after" not in request.GET}
    return render(request, "posts/article_history.html", context)
