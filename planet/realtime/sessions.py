"""Who a socket belongs to: Django's session, read and never written."""

from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.utils.crypto import constant_time_compare


def whose(session_key: str) -> UUID | None:
    """The user of a session; None for a guest, an ended session, and one from before a change of password.

    Django's own `get_user` may flush or re-key the session it looks at; the browser would never learn of that from a
    socket, so this one only reads. Asks the database: call it in a thread.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_key = session.get(auth.SESSION_KEY)
    if user_key is None or session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = auth.get_user_model()._default_manager.filter(pk=user_key, is_active=True).first()  # noqa: SLF001  # Django's documented name
    if user is None:
        return None
    given = session.get(auth.HASH_SESSION_KEY) or ""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user.pk if any(constant_time_compare(given, expected) for expected in hashes) else None
