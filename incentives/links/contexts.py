"""What somebody sees of their own link: what it rests on in words, how long it lasts, and what became of an appeal.

Never whose the other accounts are, nor any address, device or name: if two people are held for one, neither learns of
the other by it.
"""

from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incentives.links.scoring import Family
from incentives.models import Evidence, LinkAppeal, Member
from planet.accounts.models import User

SAID: Final[dict[Family, str | Promise]] = {
    Family.DEVICE: _("They were used in the same browser."),
    Family.BLOCK: _("They came from the same network in the same hours, on several days."),
    Family.FUNDING: _("Money was withdrawn from them to the same address."),
    Family.MUTUAL: _("Most of the attention that they give and get is each other's."),
    Family.NAME: _("Their identity checks name nearly the same person."),
}


def mine(*, viewer: User, now: datetime, form: Any) -> dict[str, Any]:
    """The page of one's own link. Four queries."""
    found = Member.objects.filter(person=viewer, is_in_force=True, cluster__expires_at__gt=now)
    member = found.select_related("cluster").first()
    if member is None:
        return {"cluster": None, "last": _last(viewer)}
    rows = Evidence.objects.filter(cluster=member.cluster_id)
    families = {family for row in rows for family in row.edge.families}
    return {
        "cluster": member.cluster,
        "others": member.cluster.members.count() - 1,
        "reasons": [SAID[family] for family in Family if family in families],
        "appeal": LinkAppeal.objects.filter(cluster=member.cluster_id, person=viewer).first(),
        "form": form,
    }


def _last(viewer: User) -> LinkAppeal | None:
    """The newest answer to an appeal, for who counts by themselves again."""
    return LinkAppeal.objects.filter(person=viewer, answered_at__isnull=False).order_by("-answered_at").first()
