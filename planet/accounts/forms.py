"""Forms of the account."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planet.accounts import handles
from planet.accounts.models import MentionsFrom, User
from planet.web.toasts import toast

TAKEN = _("This handle is taken, or looks too much like one that is.")


def _held_key(handle: str) -> str:
    return f"handle-held:{handles.skeleton(handle)}"


def check_free(handle: str) -> str:
    """The handle as it is stored. Raises ValidationError when it may not be had or is not free."""
    handle = handles.check(handle)
    taken = User.objects.filter(handle_skeleton=handles.skeleton(handle)).exists()
    if taken or cache.get(_held_key(handle)):
        raise ValidationError(TAKEN, code="handle_taken")
    return handle


class _Plain:
    """Our words for fields that several forms share; no placeholder repeats what the label says."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.label = _("E-mail address")
            elif name in _LABELS:
                field.label = _LABELS[name]


_LABELS = {"password": _("Password"), "oldpassword": _("Current password"), "password2": _("The same again")}


class LoginForm(_Plain, allauth_forms.LoginForm):  # type: ignore[misc]  # untyped base
    """E-mail address and password."""


class ResetPasswordForm(_Plain, allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # untyped base
    """The address that a link goes to."""


class ResetPasswordKeyForm(_Plain, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # untyped base
    """A new password, twice."""


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # untyped base
    """The current password, and a new one twice."""


class AddEmailForm(_Plain, allauth_forms.AddEmailForm):  # type: ignore[misc]  # untyped base
    """The address that takes over."""


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """The password, once more."""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]  # untyped base
    """A name for the key, and whether it signs in alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].widget.attrs["placeholder"] = _("My phone")
        passwordless = self.fields["passwordless"]
        passwordless.label = _("A passkey: it also signs me in without a password")
        passwordless.help_text = _("Leave this off for a key that only comes after the password.")
        passwordless.initial = True


class SignupForm(_Plain, allauth_forms.SignupForm):  # type: ignore[misc]  # untyped base
    """E-mail, handle, password and language.

    An address that has an account already gets the same answer as a new one, takes as long (one Argon2 hash), and
    holds the handle for as long as a sign-up that is never confirmed would: nothing tells the two apart but the mail.
    """

    field_order = ("email", "handle", "password1", "language")

    handle = forms.CharField(
        label=_("Handle"),
        max_length=21,
        help_text=_("Your address on Planet. 3 to 20 letters, digits or underscores. It cannot be changed later."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "pattern": "@?[A-Za-z0-9_]{3,20}",
            }
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE

    def clean_handle(self) -> str:
        """Free, and nobody's look-alike."""
        return check_free(self.cleaned_data["handle"])

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the account, or pretend to."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
            held_for = settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS * 24 * 3600
            cache.set(_held_key(self.cleaned_data["handle"]), 1, held_for)
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
                return saved
        except IntegrityError:
            # Somebody took the handle or signed up with the address between the check and now.
            answer = redirect("account_signup")
            return None, toast(request, answer, TAKEN, kind="error")


class MentionsForm(forms.Form):
    """Who may mention one."""

    mentions_from = forms.ChoiceField(
        label=_("Who may mention you"),
        choices=MentionsFrom.choices,
        widget=forms.RadioSelect,
    )
