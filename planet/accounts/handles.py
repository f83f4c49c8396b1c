"""Handles: what one may be, and when one looks too much like another.

A handle is 3 to 20 of a–z, 0–9 and underscore. It is chosen once and stored in lower case: one spelling, one address,
and a capital I cannot pose as an l. Two people never have handles that look alike: a handle's *skeleton* writes
characters and pairs that are mistaken for each other in one way (0 as o, 1 and i as l, rn as m, vv as w, no
underscores at the ends or doubled), and skeletons are unique. The database computes the skeleton in a generated column
with the same rule (`skeleton_expression`), so no writer can forget it and no race can slip past it.

Names of the house (routes, offices, the brand) and anything made only of such words ("planet_support",
"official_admin2") are refused, in look-alike spellings too.
"""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext_lazy as _

PATTERN: Final = r"^[a-z0-9_]{3,20}$"
_ALIKE: Final = {"0": "o", "1": "l", "i": "l"}
_PAIRS: Final = {"rn": "m", "vv": "w"}

# The brand and its offices; then the routes and rooms, those to come included.
_HOUSE: Final = """
    planet admin administrator admins root system sysadmin superuser staff team official moderator moderators
    mod mods operator operators support help helpdesk helpcenter service customer care security abuse trust
    safety legal privacy compliance kyc verification verified billing payments payment payout payouts treasury
    finance bank wallet wallets ceo cto founder founders owner press media news newsroom announcements
    announcement status noreply no reply postmaster hostmaster webmaster mailer daemon info contact hello
    feedback careers jobs sales marketing

    about account accounts api app apps article articles asset assets auth badge blog bookmark bookmarks bot
    bots broadcast chat comment comments community competition competitions creator creators cdn dashboard
    design dev developer developers discover docs download downloads email everyone explore faq favicon feed
    feeds follow follower followers following group groups guest guidelines health healthz home imprint inbox
    incentives index invite invites join latest ledger live livestream local login logout mail market markets
    member members mention message messages metrics moderation new notification notifications pay points policy
    pool post posts profile ranking rankings readyz realtime register report reports robots room rooms rss rules
    search session sessions setting settings share shop signin signout signup sitemap socket static stats
    statement statements store stream streams tag tags terms test topic topics trade trader traders trending
    trends tv undefined null none nobody anonymous unknown user username users verify video videos webhook
    webhooks welcome www you me self
"""
RESERVED: Final = frozenset(_HOUSE.split())


def skeleton(handle: str) -> str:
    """What the handle looks like; equal skeletons are look-alikes. The database's rule, in Python."""
    text = re.sub("_+", "_", handle.lower()).strip("_")
    for alike, letter in _ALIKE.items():
        text = text.replace(alike, letter)
    for pair, letter in _PAIRS.items():
        text = text.replace(pair, letter)
    return text


def skeleton_expression(column: str) -> "Func[Any]":
    """`skeleton` as an SQL expression, for the generated column."""
    text = TextField()
    squeezed = Func(F(column), Value("_+"), Value("_"), Value("g"), function="regexp_replace", output_field=text)
    expression = Func(squeezed, Value("_"), function="btrim", output_field=text)
    alike, letters = "".join(_ALIKE), "".join(_ALIKE.values())
    expression = Func(expression, Value(alike), Value(letters), function="translate", output_field=text)
    for pair, letter in _PAIRS.items():
        expression = Func(expression, Value(pair), Value(letter), function="replace", output_field=text)
    return expression


def _reserved_pattern() -> re.Pattern[str]:
    words = sorted({skeleton(word) for word in RESERVED}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(words)})+[0-9ol]*")


_RESERVED = _reserved_pattern()


def is_reserved(name: str) -> bool:
    """Whether the name is one of the house's, or is put together from nothing else."""
    return _RESERVED.fullmatch(skeleton(name).replace("_", "")) is not None


def check(handle: str) -> str:
    """The handle as it is stored. Raises ValidationError when it may not be anybody's."""
    handle = handle.strip().removeprefix("@").lower()
    if not re.fullmatch(PATTERN, handle):
        raise ValidationError(
            _("A handle has 3 to 20 characters: letters a–z, digits and underscores."), code="handle_characters"
        )
    if not skeleton(handle):
        raise ValidationError(_("A handle needs at least one letter or digit."), code="handle_characters")
    if is_reserved(handle):
        raise ValidationError(_("This handle is reserved. Choose another."), code="handle_reserved")
    return handle
