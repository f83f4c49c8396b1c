"""A creator's statement of a settled week: what each content earned and why, for the page, as CSV and as JSON.

What fewer than RARE people gave is shown only as its sum: what one of them did, and how far that person is trusted,
would be told by the parts.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives import waterfall, weeks
from incentives.batches import batched
from incentives.contexts import mine, plain, usdt
from incentives.equation import Week, equation
from incentives.models import GIVEN, STEPS, Award, Correction, Earning
from incentives.waterfall import RARE, Step
from planet.engagement import queries as engagement
from planet.engagement.queries import Window
from planet.engagement.verdicts import verdicts
from planet.ledger.assets import Asset, brief, written
from planet.web.pagination import keyset_by
from posts.models import Post
from posts.queries.articles import ArticleFace, faces
from posts.text import excerpt

TITLE_LENGTH: Final = 110
AT_ONCE: Final = 500  # lines of a download in memory
_NANO: Final = ("effect", "felt", "worth", "budget", "mutual", "linked", "standing")  # shown unless it is rare
COLUMNS: Final = (
    "post", "text", "name_in_files", "people", "seconds", "likes", "bookmarks", "comments", "reposts_and_quotes",
    "component_uses", *_NANO, "points", "usdt",
)  # fmt: skip

_UNKNOWN: Final = UUID(int=0)  # no post's


@dataclass(frozen=True)
class Line:
    """What one content earned; it has no `url` when it is no longer there."""

    earning: Earning
    url: str
    title: str

    @property
    def is_rare(self) -> bool:
        """Whether it was given by so few that its parts would tell of them."""
        return self.earning.viewers < RARE

    @property
    def people(self) -> str:
        """By how many people."""
        if self.is_rare:
            return _("fewer than %(count)d people") % {"count": RARE}
        return ngettext("one person", "%(count)d people", self.earning.viewers) % {"count": self.earning.viewers}

    @property
    def given(self) -> list[str]:
        """What they gave, in words; nothing when it is rare."""
        if self.is_rare:
            return []
        one = self.earning
        minutes = -(-one.seconds // 60)
        return [
            text % {"count": many}
            for many, text in (
                (minutes, ngettext("%(count)d minute", "%(count)d minutes", minutes)),
                (one.likes, ngettext("%(count)d like", "%(count)d likes", one.likes)),
                (one.bookmarks, ngettext("%(count)d bookmark", "%(count)d bookmarks", one.bookmarks)),
                (one.comments, ngettext("%(count)d comment", "%(count)d comments", one.comments)),
                (one.shares, ngettext("%(count)d repost or quote", "%(count)d reposts or quotes", one.shares)),
                (one.components, ngettext("%(count)d use of a component", "%(count)d uses of components",
                                          one.components)),
            )
            if many
        ]  # fmt: skip

    @property
    def steps(self) -> list[Step]:
        """From what they gave to points; not to be shown when it is rare."""
        return waterfall.steps(self.earning)

    @property
    def points(self) -> str:
        """Its points."""
        return waterfall.points(self.earning.points, 3)

    @property
    def amount(self) -> str:
        """What it earned."""
        return usdt(self.earning.amount_units)


def items(award: Award, *, after: str | None) -> dict[str, Any]:
    """A page of the contents of an award, what brought most first. Three queries."""
    page = keyset_by(award.earnings.all(), "points", after=after)
    return {"lines": _lines(page.items), "after": page.after, "rare": RARE, "week": award.settlement.name}


def statement(award: Award, *, after: str | None) -> dict[str, Any]:
    """The whole page. At most seven queries."""
    settlement, pool = award.settlement, award.settlement.pool_units or 0
    cap, points = pool * settlement.policy.cap_bp // 10_000, award.points_nano or 0
    everybody = Week(settlement.awards.all(), "points_nano", int(settlement.totals["points_nano"]), pool, cap)
    window = Window(weeks.begin(settlement.week), weeks.end(settlement.week))
    return {
        **items(award, after=after),
        **_steps(award),
        **equation(everybody, points=points, amount=award.amount_units or 0, written=_plainly),
        **verdicts(engagement.reasons(creator_id=award.creator_id, window=window)),
        "award": award,
        "settlement": settlement,
        "mine": mine(award),
    }


def _plainly(units: int) -> str:
    return brief(units, Asset.USDT)


def _steps(award: Award) -> dict[str, Any]:
    """The steps of all that is not rare, and what the rest came to. One query."""
    common, rare = Q(viewers__gte=RARE), Q(viewers__lt=RARE)
    sums = award.earnings.aggregate(
        rare_posts=Count("pk", filter=rare), rare_points=Sum("points", filter=rare),
        **{f"all_{step}": Sum(step, filter=common) for step in STEPS},
    )  # fmt: skip
    whole = Earning(**{step: int(sums[f"all_{step}"] or 0) for step in STEPS})
    return {
        "steps": waterfall.steps(whole) if whole.effect else [],
        "rare_posts": sums["rare_posts"],
        "rare_points": waterfall.points(int(sums["rare_points"] or 0), 3),
    }


def table(award: Award) -> Iterator[Sequence[object]]:
    """Every content as rows for a spreadsheet, the header first. Points are exact decimals."""
    yield COLUMNS
    for line in _every(award):
        one = line.earning
        parts = [""] * (len(GIVEN) + len(_NANO) + 1) if line.is_rare else _parts(one)
        yield (
            line.url, line.title, str(one.pseudonym), *parts,
            plain(one.points), written(one.amount_units, Asset.USDT),
        )  # fmt: skip


def data(award: Award) -> Iterator[str]:
    """The statement as JSON, part by part. Amounts and points are texts: a program's numbers may not be exact."""
    settlement = award.settlement
    head = {
        "week": settlement.name,
        "policy_version": settlement.policy_id,
        "inputs_sha256": settlement.inputs_sha256,
        "merkle_root": settlement.merkle_root,
        "pool_units": str(settlement.pool_units),
        "all_points_nano": settlement.totals["points_nano"],
        "creator_id": str(award.pseudonym),
        "points_nano": str(award.points_nano),
        "amount_units": str(award.amount_units),
        "accrued_before_units": str(award.before_units),
        "paid_units": str(award.paid_units),
        "accrued_units": str(award.accrued_units),
        "is_withheld": award.is_withheld,
        "corrected": _corrected(award),
    }
    yield json.dumps(head, indent=1).removesuffix("\n}") + ',\n "contents": ['
    comma = "\n  "
    for line in _every(award):
        yield comma + json.dumps(_record(line), ensure_ascii=False)
        comma = ",\n  "
    yield "\n ]\n}\n"


def _corrected(award: Award) -> dict[str, str] | None:
    """What stands in place of the award, if it was undone after a dispute."""
    found: Correction | None = getattr(award, "correction", None)
    return {"amount_units": str(found.units), "reason": found.reason, "at": found.at.isoformat()} if found else None


def _record(line: Line) -> dict[str, Any]:
    one = line.earning
    parts = {} if line.is_rare else {
        "people": one.viewers,
        **{name: getattr(one, name) for name in GIVEN},
        **{f"{name}_nano": str(getattr(one, name)) for name in _NANO},
    }  # fmt: skip
    return {
        "post": line.url or None,
        "content_id": str(one.pseudonym),
        **parts,
        "points_nano": str(one.points),
        "amount_units": str(one.amount_units),
    }


def _parts(one: Earning) -> list[object]:
    return [one.viewers, *(getattr(one, name) for name in GIVEN), *(plain(getattr(one, name)) for name in _NANO)]


def _every(award: Award) -> Iterator[Line]:
    rows = award.earnings.order_by("-points", "-id").iterator(chunk_size=AT_ONCE)
    for some in batched(rows, AT_ONCE):
        yield from _lines(some)


def _lines(earnings: Sequence[Earning]) -> list[Line]:
    ids = [one.content_id or _UNKNOWN for one in earnings]
    posts, articles = Post.objects.filter(deleted_at=None).in_bulk(ids), faces(ids)
    return [_line(one, posts.get(pk), articles.get(pk)) for one, pk in zip(earnings, ids, strict=True)]


def _line(earning: Earning, post: Post | None, article: ArticleFace | None) -> Line:
    if post is None:
        return Line(earning, "", _("A post that is no longer there"))
    title = article.title if article else excerpt(post.text, TITLE_LENGTH)
    return Line(earning, settings.SITE_URL + reverse("post", args=[post.pk]), title or _("Without words"))
