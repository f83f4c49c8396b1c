"""What the wallet's page and its next pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from planet.accounts.models import User
from planet.ledger import queries
from planet.ledger.assets import Asset
from planet.ledger.kinds import PERSONAL, REVERSAL, AccountKind, every, name_of
from planet.ledger.models import Leg
from planet.web.pagination import keyset

STATES = (AccountKind.AVAILABLE, AccountKind.HELD, AccountKind.ACCRUED)


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Row:
    """A leg as its owner reads it."""

    leg: Leg
    name: str
    others: list[User]

    @property
    def way(self) -> str:
        """Whether it came in or went out."""
        return "in" if self.leg.units > 0 else "out"

    @property
    def about(self) -> str:
        """The page of what it was for, where the memo is one of ours."""
        memo = self.leg.transfer.memo
        return memo if memo.startswith("/") and not memo.startswith("//") else ""


def wanted(asked: Mapping[str, str]) -> dict[str, str]:
    """The filters in an address. Raises Http404 for one that does not exist."""
    kinds = {code for code, _name in kind_choices()}
    allowed = {"asset": {"", *Asset}, "way": {"", "in", "out"}, "state": {"", *STATES}, "kind": {"", *kinds}}
    found = {name: asked.get(name, "") for name in allowed}
    if any(value not in allowed[name] for name, value in found.items()):
        raise Http404
    return found | {name: _day(asked.get(name, "")) for name in ("since", "until")}


def _day(asked: str) -> str:
    """A day as ISO writes it, or nothing. Raises Http404."""
    try:
        return date.fromisoformat(asked).isoformat() if asked else ""
    except ValueError:
        raise Http404 from None


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of transfers that move what is a person's, by name."""
    personal = [kind for kind in every() if (kind.sources | kind.targets) & PERSONAL]
    return sorted(((code, name_of(code)) for code in (*(k.code for k in personal), REVERSAL)), key=itemgetter(1))


def filters(chosen: Mapping[str, str]) -> list[tuple[str, list[Choice]]]:
    """The filters with their values, each an address that keeps the others."""
    every: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("asset", _("Asset"), [("", _("All")), *((str(one), str(one.label)) for one in Asset)]),
        ("way", _("Direction"), [("", _("All")), ("in", _("In")), ("out", _("Out"))]),
        ("state", _("Balance"), [("", _("All")), *((str(one), str(one.label)) for one in STATES)]),
    ]
    return [
        (label, [Choice(text, _url({**chosen, name: value}), chosen[name] == value) for value, text in values])
        for name, label, values in every
    ]


def history(*, user: User, chosen: Mapping[str, str], after: str | None) -> dict[str, Any]:
    """One page of what moved."""
    page = keyset(queries.history(owner=user, **chosen), after=after)
    query = urlencode({name: value for name, value in chosen.items() if value})
    rows = [Row(leg, name_of(leg.transfer.kind), _others(leg, user)) for leg in page.items]
    return {"rows": rows, "after": page.after, "query": f"&{query}" if query else "", "is_filtered": bool(query)}


def wallet(*, user: User, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The parts of the page beside the history."""
    return {
        "balances": queries.balances(owner=user),
        "filters": filters(chosen),
        "kinds": kind_choices(),
        "chosen": chosen,
        "is_dated": bool(chosen["kind"] or chosen["since"] or chosen["until"]),
        "statement": _url(chosen, "wallet_statement"),
    }


def _others(leg: Leg, user: User) -> list[User]:
    """Who stands on the other side, as far as they are people."""
    owners = [other.account.owner for other in leg.transfer.legs.all() if other.asset == leg.asset]
    return [owner for owner in owners if owner is not None and owner.pk != user.pk]


def _url(chosen: Mapping[str, str], route: str = "wallet") -> str:
    query = urlencode({name: value for name, value in chosen.items() if value})
    return reverse(route) + (f"?{query}" if query else "")
