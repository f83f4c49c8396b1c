"""A late brigade and an upheld report, in the database: what was raided is out of the week when it is frozen."""

from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.models import Award
from planet.engagement import actions as engagement
from planet.engagement.models import Day
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool, pool, storage, week

__all__ = ["pool", "storage", "week"]


def test_a_report_upheld_between_the_close_and_the_freeze_takes_the_brigade_out(week: Pool) -> None:
    """Twenty raid Carol's post, Bob looked at Alice's: without the report Carol has twenty parts of twenty-one."""
    raided = week.watched("raider", "carol")
    for number in range(19):
        content = week.watched(f"raider{number}", "carol")
        Day.objects.filter(content_id=content).update(content_id=raided)
    engagement.exclude(raided, at=CLOSED)

    freeze(week=WEEK, now=CLOSED)
    compute(week=WEEK, now=CLOSED)

    amounts = {award.creator.handle: award.amount_units for award in Award.objects.select_related("creator")}
    assert amounts == {"alice": 100 * USDT}
