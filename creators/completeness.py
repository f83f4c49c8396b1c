"""How complete a profile is: what a reader looks for before following somebody."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creators.models import Creator

GOOD_BIO = 40  # characters


@dataclass(frozen=True)
class Step:
    """One thing that makes a profile better, and the field of the form where it is done (None: not there)."""

    label: str | Promise
    done: bool
    field: str | None


@dataclass(frozen=True)
class Completeness:
    """The steps of a profile in the order they help most."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def percent(self) -> int:
        """The share of steps done, 0 to 100."""
        return 100 * self.done // self.total

    @property
    def missing(self) -> list[Step]:
        """The steps still to do."""
        return [step for step in self.steps if not step.done]


def completeness(creator: Creator) -> Completeness:
    """What a creator's profile has and lacks."""
    return Completeness(
        (
            Step(_("Add a picture of you"), bool(creator.user.avatar), "avatar"),
            Step(_("Say in a sentence or two what you write about"), len(creator.bio) >= GOOD_BIO, "bio"),
            Step(_("Choose the topics you cover"), bool(creator.topics), "topics"),
            Step(_("Say which languages you write in"), bool(creator.languages), "languages"),
            Step(_("Add a banner"), bool(creator.banner), "banner"),
            Step(_("Link to your site or another profile"), bool(creator.links), "links"),
            Step(_("Publish your first post"), creator.posts_count > 0, None),
        )
    )
