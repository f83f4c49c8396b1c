"""A poll: two to six options, until a time, one vote an account. The post's text is the question."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planet.accounts.models import User
from posts.blocks import checking, voting
from posts.blocks.base import Block, Data, State

LEAST: Final = 2
MOST: Final = 6
LENGTH: Final = 80
RUNS: Final = ("1d", "1h", "6h", "3d", "7d")


class Poll(Block):
    """`data`: options (text), ends_at."""

    kind = "poll"
    label = _("Poll")
    icon = "poll"

    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:  # noqa: ARG002
        """Options that differ, and when it ends."""
        options = checking.texts(data, "options", most=MOST)
        if not LEAST <= len(options) <= MOST:
            raise ValidationError(_("A poll has two to six options."), code="options")
        if any(len(option) > LENGTH for option in options):
            raise ValidationError(_("An option has at most %(most)d characters."), params={"most": LENGTH})
        if len({option.casefold() for option in options}) < len(options):
            raise ValidationError(_("Two options of the poll are the same."), code="options")
        runs = checking.DURATIONS[checking.choice(data, "runs", RUNS)]
        return {"options": options, "ends_at": (now + runs).isoformat()}

    def editor(self, typed: Mapping[str, Any]) -> Data:
        """How long it may run."""
        return {
            "runs": [
                (name, checking.DURATION_LABELS[name]) for name in sorted(RUNS, key=checking.DURATIONS.__getitem__)
            ],
            "options": checking.filled(typed.get("options"), MOST),
            "chosen": typed.get("runs") or RUNS[0],
            "least": LEAST,
            "length": LENGTH,
        }

    def options(self, data: Data) -> int:
        """As many as were written."""
        return len(data["options"])

    def ends_at(self, data: Data) -> datetime:
        """When voting ends."""
        return checking.moment(data["ends_at"])

    def live(self, state: State) -> Data:
        """The options, and the result for whom it is shown."""
        return voting.ballot(state, state.data["options"], self.ends_at(state.data))


BLOCK: Final = Poll()
