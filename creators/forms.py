"""What creators type: checked here, so that actions get clean values."""

import re
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit, urlunsplit

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from creators.languages import LANGUAGES
from creators.models import Creator
from planet.accounts import names
from planet.web import images
from planet.web.text import LineField, TextField

MAX_LINKS = 5
MAX_LANGUAGES = 5
MAX_TOPICS = 8
TOPIC_LENGTH = 40
LABEL_LENGTH = 30

_https = URLValidator(schemes=["https"])
_SEPARATORS = re.compile(r"[\s,;，、#]+")
_TOPIC = regex.compile(r"(?=.*\p{L})[\p{L}\p{M}\p{N}_]+")  # as in the text of posts
_LOOKS_LIKE_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d]{2,}")


def _fold(topic: str) -> str:
    """The one spelling of a topic, as in the text of posts: ＢＴＣ, Btc and btc are btc."""
    return normalize("NFKC", normalize("NFKC", topic).casefold())


def clean_link(url: str) -> str:
    """The address as it is stored: https, host in its ASCII form, no name or password. Raises ValidationError."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        raise ValidationError(_("This is not an address."), code="link") from None
    if parts.scheme != "https":
        raise ValidationError(_("Links must begin with https://."), code="link_scheme")
    if "@" in parts.netloc:
        raise ValidationError(_("A link must not contain a user name."), code="link_user")
    clean = urlunsplit(("https", host + port, parts.path, parts.query, parts.fragment))
    _https(clean)
    return clean


def check_label(label: str, url: str) -> None:
    """Refuse a label that names another site than the link leads to. Raises ValidationError."""
    host = urlsplit(url).hostname or ""
    named = [found.lower() for found in _LOOKS_LIKE_HOST.findall(label)]
    if any(host != name and not host.endswith(f".{name}") for name in named):
        raise ValidationError(_("The text names another site than the link leads to."), code="link_label")


class LinksWidget(forms.MultiWidget):
    """Five rows of text and address."""

    use_fieldset = True

    def __init__(self) -> None:
        rows: list[forms.Widget] = []
        for number in range(1, MAX_LINKS + 1):
            label = format_lazy(_("Text of link {number}"), number=number)
            address = format_lazy(_("Address of link {number}"), number=number)
            rows += [
                forms.TextInput({"aria-label": label, "placeholder": _("My site"), "maxlength": LABEL_LENGTH}),
                forms.URLInput({"aria-label": address, "placeholder": "https://", "maxlength": 200}),
            ]
        super().__init__(rows)

    def subwidgets(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The ten inputs one by one, so that the page can lay them out in rows."""
        yield from self.get_context(name, value, attrs)["widget"]["subwidgets"]

    def decompress(self, value: None) -> list[str]:  # noqa: ARG002  # Django asks only when there is nothing
        """Five empty rows."""
        return [""] * (2 * MAX_LINKS)


class LinksField(forms.MultiValueField):
    """At most five links, as `[{"label": …, "url": "https://…"}]`; rows without an address are left out."""

    widget = LinksWidget

    def __init__(self, **options: Any) -> None:
        fields: list[forms.Field] = []
        for _row in range(MAX_LINKS):
            fields += [LineField(required=False, max_length=LABEL_LENGTH), LineField(required=False, max_length=200)]
        super().__init__(fields, require_all_fields=False, **options)

    @staticmethod
    def rows(links: list[dict[str, str]]) -> list[str]:
        """Stored links as the values of the rows."""
        values = [part for link in links[:MAX_LINKS] for part in (link["label"], link["url"])]
        return values + [""] * (2 * MAX_LINKS - len(values))

    def compress(self, data_list: list[str]) -> list[dict[str, str]]:
        """The links of the rows."""
        return list(self._links(data_list))

    @staticmethod
    def _links(values: list[str]) -> Iterator[dict[str, str]]:
        for label, address in zip(values[::2], values[1::2], strict=True):
            if address:
                url = clean_link(address)
                check_label(label, url)
                host = urlsplit(url).hostname or url
                yield {"label": label or host.removeprefix("www."), "url": url}


class TopicsField(LineField):
    """Topics separated by spaces or commas, with or without #, as a list of lower-case names."""

    def clean(self, value: Any) -> list[str]:
        """The topics, each once, in the order they were typed."""
        text = super().clean(value)
        topics = list(dict.fromkeys(_fold(part) for part in _SEPARATORS.split(text) if part))
        if len(topics) > MAX_TOPICS:
            raise ValidationError(_("At most %(limit)d topics."), params={"limit": MAX_TOPICS}, code="topics")
        for topic in topics:
            if len(topic) > TOPIC_LENGTH or not _TOPIC.fullmatch(topic):
                raise ValidationError(
                    _("“%(topic)s” cannot be a topic: letters, digits and underscores only."),
                    params={"topic": topic[:TOPIC_LENGTH]},
                    code="topic",
                )
        return topics

    def prepare_value(self, value: Any) -> Any:
        """Stored topics as they are typed."""
        return " ".join(f"#{topic}" for topic in value) if isinstance(value, list) else value


class UploadField(forms.FileField):
    """A picture to upload; what it holds is judged by `images.store`, not by its name or type."""

    widget = forms.FileInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the file chooser show pictures only."""
        return {**super().widget_attrs(widget), "accept": images.ACCEPT}


class StartForm(forms.Form):
    """The one field of becoming a creator."""

    display_name = LineField(
        label=_("Display name"),
        max_length=names.MAX_LENGTH,
        help_text=_("What people call you, beside your @handle. You can change it once in 30 days."),
    )

    def clean_display_name(self) -> str:
        """A name that somebody may carry."""
        return names.check(self.cleaned_data["display_name"])


class ProfileForm(StartForm):
    """A creator's profile. Pictures are uploads here; the view stores them and passes keys on."""

    bio = TextField(
        label=_("Bio"),
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Up to 400 characters: what you write about, and how."),
    )
    topics = TopicsField(
        label=_("Topics"), required=False, max_length=400, help_text=_("Up to 8, such as #macro #defi #solana.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Up to 5 you write in."),
    )
    links = LinksField(label=_("Links"), required=False, help_text=_("Up to 5, https only."))
    avatar = UploadField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB. The middle square is shown."),
    )
    remove_avatar = forms.BooleanField(label=_("Remove the picture"), required=False)
    banner = UploadField(
        label=_("Banner"),
        required=False,
        allow_empty_file=True,
        help_text=_("Three times as wide as high, best 1500 × 500."),
    )
    remove_banner = forms.BooleanField(label=_("Remove the banner"), required=False)

    shows_tips = forms.BooleanField(
        label=_("Show what my posts received in tips"),
        required=False,
        help_text=_("The sum, on each post, for everybody. You always see it yourself."),
    )

    def clean_languages(self) -> list[str]:
        """At most five."""
        chosen: list[str] = self.cleaned_data["languages"]
        if len(chosen) > MAX_LANGUAGES:
            raise ValidationError(_("At most %(limit)d languages."), params={"limit": MAX_LANGUAGES}, code="languages")
        return chosen

    @classmethod
    def of(cls, creator: Creator, data: Any = None, files: Any = None) -> "ProfileForm":
        """The form filled with a creator's profile."""
        initial = {
            "display_name": creator.user.display_name,
            "bio": creator.bio,
            "topics": creator.topics,
            "languages": creator.languages,
            "shows_tips": creator.shows_tips,
            "links": LinksField.rows(creator.links),
        }
        return cls(data, files, initial=initial)
