"""How a session becomes a person."""

from functools import cache
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.db import DEFAULT_DB_ALIAS, connection

from planet.accounts.models import User
from planet.web.prepared import fetch


class Backend(AuthenticationBackend):  # type: ignore[misc]  # untyped base
    """allauth's, with the one query that every page makes prepared: a third of what the ORM takes for it."""

    def user_can_authenticate(self, user: User) -> bool:
        """Nobody who is suspended, and no bot: those come with a token, and never have a session."""
        return bool(super().user_can_authenticate(user)) and not user.is_bot

    def get_user(self, user_id: Any) -> User | None:
        """The person; None when the account is gone, suspended, or a bot's."""
        found = fetch(_statement(), {"id": UUID(str(user_id))})
        if not found:
            return None
        user = User.from_db(DEFAULT_DB_ALIAS, [field.attname for field in User._meta.concrete_fields], found[0])
        return user if self.user_can_authenticate(user) else None


@cache
def _statement() -> str:
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in User._meta.concrete_fields)
    return f"SELECT {columns} FROM {User._meta.db_table} WHERE id = %(id)s"  # noqa: S608  # names of our own columns
