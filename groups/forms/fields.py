"""Fields that several forms share."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from unicodedata import normalize

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groups.rights import NAMES, Right
from planet.web import images
from planet.web.text import LineField

MOST_TOPICS: Final = 8
TOPIC_LENGTH: Final = 40
_SEPARATORS = re.compile(r"[\s,;，、#]+")
_TOPIC = regex.compile(r"(?=.*\p{L})[\p{L}\p{M}\p{N}_]+")

# For how long something is taken; "" is for good.
SPANS: Final[Sequence[tuple[str, str | Promise]]] = (
    ("1", _("1 hour")),
    ("24", _("1 day")),
    ("168", _("1 week")),
    ("720", _("30 days")),
    ("", _("For good")),
)


class TopicsField(LineField):
    """Topics separated by spaces or commas, with or without #, as a list of lower-case names; at most eight."""

    def clean(self, value: Any) -> list[str]:
        """The topics, each once, in the order they were typed."""
        parts = [normalize("NFKC", part.casefold()) for part in _SEPARATORS.split(super().clean(value)) if part]
        topics = list(dict.fromkeys(parts))
        if len(topics) > MOST_TOPICS:
            raise ValidationError(_("At most %(limit)d topics."), params={"limit": MOST_TOPICS}, code="topics")
        for topic in topics:
            if len(topic) > TOPIC_LENGTH or not _TOPIC.fullmatch(topic):
                message = _("“%(topic)s” cannot be a topic: letters, digits and underscores only.")
                raise ValidationError(message, params={"topic": topic[:TOPIC_LENGTH]}, code="topic")
        return topics

    def prepare_value(self, value: Any) -> Any:
        """Stored topics as they are typed."""
        return " ".join(f"#{topic}" for topic in value) if isinstance(value, list) else value


class PictureField(forms.FileField):
    """A picture to upload; what it holds is judged when it is stored."""

    widget = forms.FileInput

    def __init__(self) -> None:
        super().__init__(
            label=_("Picture"),
            required=False,
            allow_empty_file=True,
            help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB. The middle square is shown."),
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the file chooser show pictures only."""
        return {**super().widget_attrs(widget), "accept": images.ACCEPT}


class RightsField(forms.TypedMultipleChoiceField):
    """Some of these rights, as check boxes; the value is their sum."""

    def __init__(self, rights: Sequence[Right], **options: Any) -> None:
        choices = [(str(int(right)), NAMES[right]) for right in rights]
        super().__init__(coerce=int, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> int:
        """The bits together."""
        return sum(set(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        """The bits one by one."""
        if isinstance(value, int):
            return [str(int(right)) for right in Right if value & right]
        return value


class SpanField(forms.ChoiceField):
    """For how long, counted from now; the value is hours, or None for good."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(SPANS), required=False, **options)

    def clean(self, value: Any) -> timedelta | None:
        """How long."""
        hours = super().clean(value)
        return timedelta(hours=int(hours)) if hours else None


def until(span: timedelta | None, now: datetime) -> datetime | None:
    """When a span that begins now is over."""
    return now + span if span else None
