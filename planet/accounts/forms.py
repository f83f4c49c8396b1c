"""Forms of the account."""

from typing import Any

from allauth.account import forms as allauth_forms
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
from planet.accounts.models import User
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


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]  # untyped base
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
        for name, label in (("email", _("E-mail address")), ("password1", _("Password"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)

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
