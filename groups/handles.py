"""Handles of groups: what one may be, and whose it looks like."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from planet.accounts.handles import is_reserved, skeleton
from planet.accounts.models import User

PATTERN: Final = r"[a-z][a-z0-9_]{2,29}"


def check(handle: str, *, founder: User) -> str:
    """The handle as it is stored. Raises ValidationError when this founder may not take it.

    Nobody founds a group that carries, or looks like, somebody else's handle or another group's.
    """
    handle = handle.strip().lower()
    if not re.fullmatch(PATTERN, handle):
        message = _("A group's handle has 3 to 30 characters: letters a–z, digits and underscores, a letter first.")
        raise ValidationError(message, code="handle_characters")
    if is_reserved(handle):
        raise ValidationError(_("This handle is reserved. Choose another."), code="handle_reserved")
    looks = skeleton(handle)
    if User.objects.filter(handle_skeleton=looks).exclude(pk=founder.pk).exists():
        raise ValidationError(_("This handle looks like a person's. Choose another."), code="handle_person")
    if Group.objects.filter(handle_skeleton=looks).exists():
        raise ValidationError(_("This handle is taken, or looks like one that is."), code="handle_taken")
    return handle
