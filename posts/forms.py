"""What people send: posts, edits, comments. The fields clean; the actions decide."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from creators.languages import LANGUAGES
from planet.accounts.models import User
from planet.web import images
from planet.web.text import LineField
from posts import blocks, moments, thread_form
from posts.actions import (
    ALT_LENGTH,
    COMMENT_LENGTH,
    MAX_BLOCKS,
    MAX_PARTS,
    MAX_PICTURES,
    MAX_THREAD_BLOCKS,
    MAX_THREAD_PICTURES,
    POST_LENGTH,
    WARNING_LENGTH,
    NewArticle,
    NewPart,
    NewPicture,
    Options,
    StoredPicture,
    find_picture,
    lost,
    publish,
)
from posts.blocks import plain
from posts.models import Draft, Post

# Before cleaning a text may be longer than after; beyond this it is not read at all.
SLACK = 4
BLOCK_LENGTH = 8000  # of one component, as JSON
TITLE_LENGTH = 150
BODY_LENGTH = 200_000
# How long a person waits between two comments on a post.
SLOW_CHOICES = [
    ("0", _("Off")),
    ("10", _("10 seconds")),
    ("30", _("30 seconds")),
    ("60", _("1 minute")),
    ("300", _("5 minutes")),
    ("900", _("15 minutes")),
    ("3600", _("1 hour")),
]


class PostTextField(forms.CharField):
    """A text whose length the action judges after cleaning it."""

    widget = forms.Textarea

    def __init__(self, *, limit: int, label: Any) -> None:
        self.limit = limit  # before super(), which asks for the widget's attributes
        # The control has no maxlength: a paste that is too long is shown and counted, not cut.
        super().__init__(label=label, max_length=limit * SLACK, strip=False)
        self.error_messages["required"] = _("Write something first.")


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Up to nine files."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploads, in the order they were chosen."""
        files: Sequence[UploadedFile[bytes]] = data or []
        _at_most(files, MAX_PICTURES)
        return [super(PicturesField, self).clean(file, initial) for file in files]


class SeveralField(forms.Field):
    """A field that is there several times, and bounded: `most` values of at most `length` characters."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, label: Any, most: int, length: int) -> None:
        self.most, self.length = most, length
        super().__init__(label=label, required=False)

    def to_python(self, value: Any) -> list[Any]:
        """The values in order; refuses characters that no text may have."""
        values = [str(one) for one in value or []]
        for one in values:
            ProhibitNullCharactersValidator()(one)
            MaxLengthValidator(self.length)(one)
        return values


class StoredPicturesField(SeveralField):
    """Keys of pictures that were uploaded before."""

    def to_python(self, value: Any) -> list[str]:
        """The keys, in order."""
        keys = super().to_python(value)
        _at_most(keys, self.most)
        return keys


class PartsField(SeveralField):
    """The further parts of a thread; those with nothing in them are left out once it is known what is in them."""

    def to_python(self, value: Any) -> list[str]:
        """The parts' texts, in order."""
        parts: list[str] = super().to_python(value)
        if sum(1 for part in parts if part.strip()) > self.most:
            message = ngettext(
                "A thread has at most %(most)d post.", "A thread has at most %(most)d posts.", self.most + 1
            )
            raise ValidationError(message, code="too_many", params={"most": self.most + 1})
        return parts


class BlocksField(SeveralField):
    """Components, each as JSON; the registry judges what is in them."""

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """The components' data, in order."""
        try:
            blocks = [json.loads(one) for one in super().to_python(value) if one]
        except (ValueError, RecursionError):
            raise ValidationError(_("A component of this post cannot be read. Remove it and add it again.")) from None
        if any(not isinstance(block, dict) for block in blocks):
            raise ValidationError(_("A component of this post cannot be read. Remove it and add it again."))
        if len(blocks) > self.most:
            message = ngettext("At most %(most)d component.", "At most %(most)d components.", self.most)
            raise ValidationError(message, code="too_many", params={"most": self.most})
        return blocks


def _at_most(pictures: Sequence[object], most: int) -> None:
    if len(pictures) > most:
        message = ngettext("At most %(most)d picture.", "At most %(most)d pictures.", most)
        raise ValidationError(message, code="too_many", params={"most": most})


class PostForm(forms.Form):
    """A publication as it is written: a post, a quote, a thread or an article. A draft keeps exactly these fields.

    Alternative texts come as fields `alt`: first those of the pictures already uploaded (`picture`), then those of the
    files that come with the form (`pictures`, without scripts). Which of them, and of the components, belong to later
    posts of a thread: `posts.thread_form`.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Post.Kind, required=False, widget=forms.HiddenInput)
    quote = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = PostTextField(limit=POST_LENGTH, label=_("New post"))
    part = PartsField(label=_("Thread"), most=MAX_PARTS, length=POST_LENGTH * SLACK)
    pictures = PicturesField(label=_("Pictures"), required=False)
    picture = StoredPicturesField(label=_("Pictures"), most=MAX_THREAD_PICTURES, length=80)
    alt = SeveralField(label=_("Descriptions of the pictures"), most=MAX_THREAD_PICTURES, length=ALT_LENGTH * SLACK)
    block = BlocksField(label=_("Components"), most=MAX_THREAD_BLOCKS, length=BLOCK_LENGTH)
    video = forms.UUIDField(label=_("Video"), required=False)
    video_alt = LineField(label=_("What the video shows"), required=False, max_length=ALT_LENGTH)
    title = LineField(label=_("Title"), required=False, max_length=TITLE_LENGTH)
    body = forms.CharField(label=_("Article"), required=False, max_length=BODY_LENGTH, strip=False)
    cover = forms.CharField(label=_("Cover"), required=False, max_length=80)
    cover_alt = LineField(label=_("What the cover shows"), required=False, max_length=ALT_LENGTH)
    audience = forms.ChoiceField(label=_("Who sees it"), choices=Post.Audience, required=False)
    warning = LineField(label=_("Content warning"), required=False, max_length=WARNING_LENGTH)
    language = forms.ChoiceField(label=_("Language"), choices=[("", _("Not said")), *LANGUAGES.items()], required=False)
    is_promotion = forms.BooleanField(label=_("Paid promotion"), required=False)
    holds_assets = forms.BooleanField(label=_("I hold what I write about"), required=False)
    replies = forms.ChoiceField(label=_("Who may answer"), choices=Post.Replies, required=False)
    slow_seconds = forms.TypedChoiceField(label=_("Slow mode"), choices=SLOW_CHOICES, coerce=int, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        data = thread_form.in_order(data) if isinstance(data, QueryDict) else data
        super().__init__(data, files, auto_id=False, initial={"client_id": uuid.uuid4(), **(initial or {})})
        self.fields["pictures"].widget.attrs.update({"accept": images.ACCEPT, "multiple": True})
        if self.is_article:
            self.fields["text"].required = False  # its summary; the opening does where it has none

    @property
    def is_article(self) -> bool:
        """Whether it is an article: its words are in `title` and `body`, its pictures in the body."""
        return (self.data or self.initial).get("kind") == Post.Kind.ARTICLE

    @property
    def alts(self) -> list[str]:
        """The alternative texts as typed, for as many pictures as there may be."""
        typed = self.data.getlist("alt") if hasattr(self.data, "getlist") else []
        most = MAX_THREAD_PICTURES + MAX_PICTURES
        return [*typed, *[""] * most][:most]

    def clean(self) -> dict[str, Any]:
        """What concerns several fields: the descriptions beside the pictures, their number in all."""
        data = self.cleaned_data
        if any(len(alt) > ALT_LENGTH for alt in self.alts):
            over = ngettext(
                "A description has at most %(most)d character.",
                "A description has at most %(most)d characters.",
                ALT_LENGTH,
            )
            self.add_error("pictures", ValidationError(over, params={"most": ALT_LENGTH}))
        self.sheets = self._sheets()
        try:
            _at_most([*self.sheets[0].pictures, *data.get("pictures", [])], MAX_PICTURES)
            for sheet in self.sheets[1:]:
                _at_most(sheet.pictures, MAX_PICTURES)
        except ValidationError as error:
            self.add_error("pictures", error)
        return data

    def _sheets(self) -> list[thread_form.Sheet]:
        """The posts of the thread, the first first, of what was found right."""
        data = self.cleaned_data
        pictures = list(zip(data.get("picture", []), self.alts, strict=False))
        return thread_form.sheets(
            data.get("text", ""), data.get("part", []), pictures, data.get("block", []), self.data
        )

    def publication(self, *, author: User, now: datetime) -> dict[str, Any]:
        """What was written, as arguments of `actions.publish`. Raises ValidationError for what cannot be published."""
        data, first = self.cleaned_data, self.sheets[0]
        fresh = self.alts[len(data["picture"]) :]
        return {
            "client_id": data["client_id"],
            "text": data["text"],
            "quote_of": data["quote"],
            "pictures": [NewPicture(file.file, alt) for file, alt in zip(data["pictures"], fresh, strict=False)],
            "stored": _stored(first),
            "parts": [self._part(sheet, author, now) for sheet in self.sheets[1:]],
            "blocks": blocks.clean_all(self.components(), author=author, now=now),
            "video": data["video"],
            "video_alt": data["video_alt"],
            "options": self.options(),
            **(self.article() if self.is_article else {}),
        }

    def components(self) -> list[dict[str, Any]]:
        """The first post's components as their editors sent them: as JSON, and those written without scripts."""
        return [*self.sheets[0].blocks, *plain.components(self.data)]

    def _part(self, sheet: thread_form.Sheet, author: User, now: datetime) -> NewPart:
        return NewPart(
            text=sheet.text,
            stored=_stored(sheet),
            blocks=blocks.clean_all(sheet.blocks, author=author, now=now),
            video=self.fields["video"].clean(sheet.video),
            video_alt=self.fields["video_alt"].clean(sheet.video_alt),
        )

    @property
    def kinds(self) -> "list[blocks.Block]":
        """The kinds of components, for the menu."""
        return blocks.kinds()

    @property
    def blocks_sent(self) -> list[str]:
        """The first post's components as they were sent, so that they stand in the form again."""
        return thread_form.typed(self.data)[0].blocks[:MAX_BLOCKS]

    @property
    def plain_editors(self) -> list[dict[str, Any]]:
        """The editors that work without scripts, with what was typed into them."""
        return plain.editors(self.data)

    def article(self) -> dict[str, Any]:
        """What of the arguments is different for an article."""
        data = self.cleaned_data
        new = NewArticle(data["title"], data["body"], data["cover"], data["cover_alt"])
        return {"article": new, "pictures": [], "stored": [], "parts": []}

    def with_uploads_stored(self, content: dict[str, list[str]]) -> dict[str, list[str]]:
        """A draft's content, with the files that came with the form among its pictures. Raises images.BadImage."""
        keys, alts = content.get("picture", []), content.get("alt", [])
        mine = len(self.sheets[0].pictures)
        files = self.cleaned_data.get("pictures", [])[: max(0, MAX_PICTURES - mine)]
        if not files:
            return content
        stored = [images.store(file.file, kind="picture").key for file in files]
        # Behind the first post's own, before those of the parts; the descriptions alike.
        known, spare = [*alts, *[""] * len(keys)][: len(keys)], alts[len(keys) :]
        described = [*known[:mine], *[*spare, *[""] * len(files)][: len(files)], *known[mine:]]
        return {**content, "picture": [*keys[:mine], *stored, *keys[mine:]], "alt": described}

    @property
    def shots(self) -> list[dict[str, Any]]:
        """The first post's pictures that are uploaded already, to show them in the form."""
        return thread_form.typed(self.data)[0].shots[:MAX_PICTURES]

    @property
    def spare_alts(self) -> list[str]:
        """Alternative texts for as many files as may still be added."""
        sent = len(self.data.getlist("picture")) if hasattr(self.data, "getlist") else 0
        return self.alts[sent:][: MAX_PICTURES - len(self.shots)]

    @property
    def parts(self) -> list[thread_form.Sheet]:
        """The further parts of the thread, as typed."""
        return thread_form.typed(self.data)[1:]

    def options(self) -> Options:
        """Who sees it, who may answer, and what readers must know; what was not sent is as ever."""
        data = self.cleaned_data
        return Options(
            audience=data["audience"] or Options.audience,
            warning=data["warning"],
            language=data["language"],
            is_promotion=data["is_promotion"],
            holds_assets=data["holds_assets"],
            replies=data["replies"] or Options.replies,
            slow_seconds=data["slow_seconds"] or 0,
        )


def _stored(sheet: thread_form.Sheet) -> list[StoredPicture]:
    """A post's pictures. Raises ValidationError when one was never ours."""
    found = [find_picture(key, alt) for key, alt in sheet.pictures]
    if None in found:
        raise lost()
    return [picture for picture in found if picture]


def content_of(form: QueryDict) -> dict[str, list[str]]:
    """A form's fields as a draft keeps them."""
    return dict(thread_form.in_order(form).lists())


def form_of(draft: Draft) -> PostForm:
    """A draft as the form that it is."""
    data = QueryDict(mutable=True)
    for name, values in draft.content.items():
        data.setlist(name, values)
    data["client_id"] = str(draft.pk)
    return PostForm(data)


def publish_draft(draft: Draft, actor: User, now: datetime) -> Post:
    """Publish what a draft holds. Raises what `actions.publish` raises; ValidationError for what the form refuses."""
    form = form_of(draft)
    if not form.is_valid():
        raise ValidationError([message for errors in form.errors.as_data().values() for message in errors])
    return publish(actor=actor, now=now, **form.publication(author=actor, now=now))


class ScheduleForm(forms.Form):
    """When a draft goes out: a time on a clock in a place."""

    at = forms.DateTimeField(
        label=_("Date and time"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local", "class": "input"}, format="%Y-%m-%dT%H:%M"),
    )
    zone = forms.CharField(
        label=_("Time zone"), max_length=64, widget=forms.TextInput({"class": "input", "list": "zones"})
    )

    def clean_at(self) -> datetime:
        """What the clock shows, with no time zone yet."""
        at: datetime = self.cleaned_data["at"]
        return at.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """Adds the `moment` in UTC; refuses a time that clocks skip."""
        data = self.cleaned_data
        if "at" in data and "zone" in data:
            try:
                data["moment"] = moments.in_utc(data["at"], data["zone"])
            except ValidationError as error:
                self.add_error("zone" if error.code == "zone" else "at", error)
        return data


class EditForm(forms.Form):
    """A new text for a post, and the revision that the editor saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = PostTextField(limit=POST_LENGTH, label=_("Text"))


class CommentForm(forms.Form):
    """A comment, or a reply when it has a parent."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    parent = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = PostTextField(limit=COMMENT_LENGTH, label=_("Comment"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=False, initial={"client_id": uuid.uuid4(), **(initial or {})})


class SwitchForm(forms.Form):
    """On or off: what a reaction's button sends."""

    on = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")
