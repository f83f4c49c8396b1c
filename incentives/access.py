"""Who may see what of a paid week."""

from collections.abc import Mapping
from typing import Final

from incentives.settlement.statement import STATEMENT, TOTALS
from planet.accounts.models import User

_CSV, _JSON = "text/csv; charset=utf-8", "application/json"
_EVERYBODYS: Final = {
    **dict.fromkeys((STATEMENT, "creators.csv", "viewers.csv"), _CSV),
    **dict.fromkeys((TOTALS, "policy.json"), _JSON),
}
# Who gave what to which content. A pseudonym hides nobody here: whoever comments in public is found by what else they
# commented on, and with that their bookmarks and what they read.
_AUDITORS: Final = {"units.csv": _CSV}
AUDITS: Final = "incentives.view_settlement"


def files(viewer: User | None) -> Mapping[str, str]:
    """The files of a paid week that somebody (None: a guest) may have, with their media types."""
    return {**_EVERYBODYS, **_AUDITORS} if viewer and viewer.has_perm(AUDITS) else _EVERYBODYS
