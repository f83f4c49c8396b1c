"""What a bot's token is good for: one bit a scope. Beyond that a bot may what its member rights in the group let it."""

from enum import IntFlag
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Scope(IntFlag):
    """A scope; the numbers are stored, so they never change their meaning."""

    READ = 1 << 0
    SEND = 1 << 1
    EDIT = 1 << 2
    REACT = 1 << 3


NONE: Final = Scope(0)
EVERYTHING: Final = Scope.READ | Scope.SEND | Scope.EDIT | Scope.REACT

NAMES: Final[dict[Scope, Promise]] = {
    Scope.READ: _("Read channels and messages"),
    Scope.SEND: _("Write messages"),
    Scope.EDIT: _("Edit its own messages"),
    Scope.REACT: _("Put reactions on messages"),
}


def names(scopes: int) -> list[str]:
    """Scopes as words, in their order."""
    return [str(NAMES[scope]) for scope in Scope(scopes & int(EVERYTHING))]
