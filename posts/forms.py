"""What people send: posts, edits, comments. The fields clean; the actions decide."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planet.web import images
from posts.actions import ALT_LENGTH, COMMENT_LENGTH, MAX_PICTURES, POST_LENGTH, NewPicture

# Before cleaning a text may be longer than after; beyond this it is not read at all.
SLACK = 4


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
    """Up to four files."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploads, in the order they were chosen."""
        files: Sequence[UploadedFile[bytes]] = data or []
        if len(files) > MAX_PICTURES:
            message = ngettext("At most %(most)d picture.", "At most %(most)d pictures.", MAX_PICTURES)
            raise ValidationError(message, code="too_many", params={"most": MAX_PICTURES})
        return [super(PicturesField, self).clean(file, initial) for file in files]


class PostForm(forms.Form):
    """A new post. Alternative texts come as fields `alt`, in the order of the pictures."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    quote = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = PostTextField(limit=POST_LENGTH, label=_("New post"))
    pictures = PicturesField(label=_("Pictures"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, files, auto_id=False, initial={"client_id": uuid.uuid4(), **(initial or {})})
        self.fields["pictures"].widget.attrs.update({"accept": images.ACCEPT, "multiple": True})

    @property
    def alts(self) -> list[str]:
        """The alternative texts as typed."""
        typed = self.data.getlist("alt") if hasattr(self.data, "getlist") else []
        return [*typed, *[""] * MAX_PICTURES][:MAX_PICTURES]

    def clean(self) -> dict[str, Any]:
        """Refuse an alternative text that is too long, beside the pictures."""
        if any(len(alt) > ALT_LENGTH for alt in self.alts):
            over = ngettext(
                "A description has at most %(most)d character.",
                "A description has at most %(most)d characters.",
                ALT_LENGTH,
            )
            self.add_error("pictures", ValidationError(over, params={"most": ALT_LENGTH}))
        return self.cleaned_data

    def new_pictures(self) -> list[NewPicture]:
        """The uploads with their alternative texts."""
        return [NewPicture(file.file, alt) for file, alt in zip(self.cleaned_data["pictures"], self.alts, strict=False)]


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
