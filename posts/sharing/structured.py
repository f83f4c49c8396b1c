"""What search engines read: schema.org as JSON-LD."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from planet.accounts.models import User
from planet.web import images
from posts.models import Post
from posts.sharing.subjects import Subject, absolute

Thing = dict[str, Any]
# As in Django's json_script: nothing in it can end the element it stands in.
_ESCAPED = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script(subject: Subject) -> SafeString:
    """The element for a page's head. Browsers do not run it: it is data."""
    body = json.dumps(describe(subject), ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    # Escaped above, and the rest is a constant.
    return mark_safe(f'<script type="application/ld+json">{body}</script>')  # noqa: S308


def describe(subject: Subject) -> Thing:
    """The subject as schema.org knows it."""
    thing = {"@context": "https://schema.org", **_thing(subject)}
    return {name: value for name, value in thing.items() if value not in ("", None, [], ())}


def _thing(subject: Subject) -> Thing:
    if subject.post and subject.author:
        return _article(subject, subject.post) if subject.article else _posting(subject, subject.post)
    if subject.creator:
        created = subject.creator.created_at.isoformat()
        return {"@type": "ProfilePage", "url": subject.url, "dateCreated": created, "mainEntity": _profile(subject)}
    return {"@type": "CollectionPage", "url": subject.url, "name": subject.title, "isPartOf": _site()}


def _article(subject: Subject, post: Post) -> Thing:
    article = subject.article
    return {
        "@type": "Article",
        "headline": subject.title,
        "description": subject.description,
        "image": [subject.drawn_url],
        "wordCount": article.length if article else None,
        "keywords": list(subject.topics),
        "publisher": _site(),
        **_written(subject, post),
    }


def _posting(subject: Subject, post: Post) -> Thing:
    return {
        "@type": "DiscussionForumPosting",
        "headline": subject.title,
        "text": post.warning or post.text,
        "image": [subject.image_url],
        **_written(subject, post),
    }


def _written(subject: Subject, post: Post) -> Thing:
    """What posts and articles have in common."""
    return {
        "url": subject.url,
        "mainEntityOfPage": subject.url,
        "datePublished": post.created_at.isoformat(),
        "dateModified": (post.edited_at or post.created_at).isoformat(),
        "inLanguage": post.language,
        "author": _person(post.creator.user),
        "commentCount": post.comment_count,
        "interactionStatistic": [_count("LikeAction", post.like_count), _count("CommentAction", post.comment_count)],
        "isAccessibleForFree": True,
    }


def _profile(subject: Subject) -> Thing:
    creator = subject.creator
    if creator is None:
        return {}
    links = [link["url"] for link in creator.links]
    followers = _count("FollowAction", creator.followers_count)
    person = {**_person(creator.user), "description": creator.bio, "sameAs": links, "interactionStatistic": [followers]}
    return {name: value for name, value in person.items() if value not in ("", [])}


def _person(user: User) -> Thing:
    person: Thing = {
        "@type": "Person",
        "name": user.name,
        "alternateName": f"@{user.handle}",
        "identifier": str(user.pk),
        "url": absolute(user.get_absolute_url()),
    }
    if user.avatar:
        person["image"] = absolute(images.url(user.avatar, 400))
    return person


def _count(action: str, number: int) -> Thing:
    kind = f"https://schema.org/{action}"
    return {"@type": "InteractionCounter", "interactionType": kind, "userInteractionCount": number}


def _site() -> Thing:
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": absolute("/")}
