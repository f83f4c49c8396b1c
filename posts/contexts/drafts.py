"""The draft box: each draft as a row that says what it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from planet.web import images
from posts import moments, queries
from posts.models import Draft
from posts.text import excerpt


@dataclass(frozen=True)
class DraftView:
    """A draft in the box."""

    draft: Draft

    @property
    def words(self) -> str:
        """Its title, else how it begins."""
        first = self.draft.first("title") or self.draft.first("text") or self.draft.first("body")
        return excerpt(first, 200)

    @property
    def texts(self) -> list[str]:
        """All that is said in it, in order."""
        fields = ("title", "text", "part", "body")
        return [value for name in fields for value in self.draft.content.get(name, ()) if value.strip()]

    @property
    def parts(self) -> int:
        """How many posts a thread has; 0 when it is none."""
        more = sum(1 for part in self.draft.content.get("part", ()) if part.strip())
        return more + 1 if more else 0

    @property
    def is_article(self) -> bool:
        """Whether it is a long text."""
        return bool(self.draft.first("title") or self.draft.first("body"))

    @property
    def pictures(self) -> int:
        """How many pictures it has."""
        return len(self.draft.content.get("picture", ()))

    @property
    def thumbnail(self) -> str:
        """The address of its first picture; "" without one."""
        for key in self.draft.content.get("picture", ()):
            if key in self.draft.pictures:
                return images.url(key, 480)
        return ""

    @property
    def goes_out(self) -> datetime | None:
        """When, on the clock on which it was chosen."""
        at = self.draft.publish_at
        return moments.on_the_clock(at, self.draft.time_zone) if at else None

    @property
    def place(self) -> str:
        """Where that clock hangs: "Europe/Berlin" as "Berlin"."""
        return moments.place(self.draft.time_zone)


def box(request: HttpRequest, creator_id: UUID) -> dict[str, Any]:
    """The draft box: drafts, or what is scheduled (`?tab=scheduled`), perhaps only what matches `?q=`."""
    words, is_scheduled = request.GET.get("q", "").strip(), request.GET.get("tab") == "scheduled"
    counts = queries.draft_counts(creator_id=creator_id)
    if is_scheduled:
        found, after = queries.scheduled(creator_id=creator_id, words=words), None
    else:
        page = queries.drafts(creator_id=creator_id, words=words, after=request.GET.get("after"))
        found, after = list(page.items), page.after
    return {
        "drafts": [DraftView(one) for one in found],
        "after": after,
        "words": words,
        "is_scheduled": is_scheduled,
        "is_first": "after" not in request.GET,
        "tabs": [
            {"url": reverse("drafts"), "label": _("Drafts"), "current": not is_scheduled, "count": counts["draft"]},
            {
                "url": f"{reverse('drafts')}?tab=scheduled",
                "label": _("Scheduled"),
                "current": is_scheduled,
                "count": counts["scheduled"],
            },
        ],
    }
