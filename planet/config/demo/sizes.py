"""How big a big planet is, and who lives there; needs no database."""

from dataclasses import dataclass

CREATORS_SHARE = 5  # one in five
DOMAIN = "big.planet.example"
# The last readers follow exactly this many, as far as there are so many creators: the benches sign in as them.
HEAVY = (300, 2000)
# Letters that no look-alike rule folds together.
_ALPHABET = "abdefghkpqstxyzm"


class Impossible(ValueError):
    """Sizes that no planet can have."""


@dataclass(frozen=True)
class Size:
    """How big."""

    users: int
    posts: int = 0
    follows: int = 0
    likes: int = 0

    @property
    def creators(self) -> int:
        """How many of the people write."""
        return max(1, self.users // CREATORS_SHARE)

    def check(self) -> None:
        """Raise Impossible when the rows could not be distinct."""
        if self.users < 1:
            raise Impossible("--users: at least one person")
        if self.follows > self.users * self.creators // 3:
            raise Impossible("--follows: more than these people could keep apart; add --users")
        if self.likes and not self.posts:
            raise Impossible("--likes: there is no post to like")
        if self.likes > self.users * self.posts // 3:
            raise Impossible("--likes: more than these people and posts could have; add --users or --posts")

    def __str__(self) -> str:
        return f"{self.users:,} people, {self.posts:,} posts, {self.follows:,} follows, {self.likes:,} likes"


def handle_of(number: int) -> str:
    """The handle of the number-th person: letters only, none alike."""
    digits = ""
    while number or not digits:
        digits = _ALPHABET[number % 16] + digits
        number //= 16
    return "big_" + digits.rjust(5, "a")


def email_of(number: int) -> str:
    """The e-mail address of the number-th person."""
    return f"{handle_of(number)}@{DOMAIN}"


def readers_of(size: Size) -> dict[int, int]:
    """The people who follow exactly so many: {how many: number of the person}."""
    return {count: size.users - 1 - place for place, count in enumerate(HEAVY) if count < size.creators}
