"""What a component of a post is. A kind is a folder beside this module with a `block.py` that has a BLOCK."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise

from planet.accounts.models import User

Data = dict[str, Any]  # what JSON can hold; prices as text, times in ISO 8601


@dataclass(frozen=True)
class NewBlock:
    """A component that was checked and may be attached: its kind in the registry, that kind's version, its data."""

    kind: str
    version: int = 1
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """A component at a moment, for one viewer. Without `now` it is for nobody and no moment: what a cached card has."""

    id: UUID
    post_id: UUID
    data: Data
    created_at: datetime
    votes: Sequence[int] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    mine: int | None = None  # the option that the viewer voted for
    author_id: UUID | None = None
    viewer_id: UUID | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Followed:
    """What became of a component, and when to look again (None: never). `is_news`: readers should hear of it now."""

    outcome: Data
    follow_at: datetime | None
    is_news: bool = False


class Block(ABC):
    """A kind of component: checks what its editor sends, and says what its templates show.

    Templates: `posts/blocks/<kind>.html` (the card), `<kind>_live.html` (what differs between viewers and moments, as
    `live`) and `<kind>_edit.html` (the editor in the composer). `version` names the shape of `data`; whoever changes
    the shape counts it up and reads the older ones in `upgrade`.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    label: ClassVar[Promise]
    icon: ClassVar[str]

    @abstractmethod
    def clean(self, data: Mapping[str, Any], *, author: User, now: datetime) -> Data:
        """What is stored, from untrusted JSON. Raises ValidationError with sentences for the author."""

    def is_offered(self) -> bool:
        """Whether the composer offers it."""
        return True

    def editor(self, typed: Mapping[str, Any]) -> Data:  # noqa: ARG002
        """What the editor's template needs, with what was typed before (without scripts) in its places."""
        return {}

    @property
    def editor_template(self) -> str:
        """The editor in the composer."""
        return f"posts/blocks/{self.kind}_edit.html"

    def upgrade(self, data: Data, version: int) -> Data:  # noqa: ARG002  # for kinds that have older versions
        """Data of an older version in today's shape."""
        return data

    def options(self, data: Data) -> int:  # noqa: ARG002  # most kinds have none
        """How many options there are to vote for; 0: no votes."""
        return 0

    def ends_at(self, data: Data) -> datetime | None:  # noqa: ARG002  # most kinds never end
        """When voting ends."""
        return None

    def follow_from(self, data: Data, *, now: datetime) -> datetime | None:  # noqa: ARG002  # most are not followed
        """When the clock looks at a component that is published `now` for the first time; None: never."""
        return None

    def follow(self, state: State) -> Followed:
        """What has become of it at `state.now`. Doing it twice changes nothing."""
        return Followed(dict(state.outcome), None)

    def symbols(self, data: Data) -> Sequence[str]:  # noqa: ARG002  # most kinds have none
        """The assets that it is about."""
        return ()

    def card(self, data: Data) -> Data:  # noqa: ARG002  # most kinds have nothing beside their live part
        """What the card shows, whoever looks and whenever: it is cached."""
        return {}

    @abstractmethod
    def live(self, state: State) -> Data:
        """What differs between viewers and moments."""
