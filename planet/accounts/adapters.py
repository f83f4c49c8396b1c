"""Where django-allauth meets our accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from planet.accounts import actions, crypto
from planet.accounts.models import User
from planet.web.ratelimits import client_ip


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped base
    """Handles and languages at sign-up; sockets cut when sessions end; addresses seen through our proxies only."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Give the new user the handle and language of the form."""
        user.handle = form.cleaned_data["handle"]
        user.language = form.cleaned_data["language"]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """People choose their handle; none is made up."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """After signing in the pages speak the language of the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and cut the sockets that this session opened."""
        user_id = request.user.pk
        super().logout(request)
        if user_id:
            actions.cut_sockets(user_id)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails know the site's name and address, subjects too."""
        site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        super().send_mail(template_prefix, email, site | context)

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every session that used the old one; their sockets must not outlive them."""
        super().set_password(user, password)
        actions.cut_sockets(user.pk)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """A mail for every change that matters to security: the one door through which all of them pass."""
        actions.credentials_changed(user_id=user.pk, now=timezone.now())
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The browser's address, as `client_ip` sees it."""
        return client_ip(request)


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # untyped base
    """Ends sessions together with their sockets."""

    def end_sessions(self, sessions: Any) -> None:
        """End the sessions; a browser that is still signed in connects again by itself."""
        users = {session.user_id for session in sessions}
        super().end_sessions(sessions)
        for user_id in users:
            actions.cut_sockets(user_id)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped base
    """Keeps the secrets of authenticator apps encrypted in the database."""

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return crypto.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The stored secret in the clear."""
        return crypto.decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Who asks for a passkey: the host, under our name."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.SITE_NAME}
