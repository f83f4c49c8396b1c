"""Where the pictures and videos of a post are shown that only some may see: views that ask who looks.

A post for everybody needs none of these: what it shows has an address of its own. An address here says which picture is
meant and not where that lies, so that a card keeps it while the file changes shelves (planet.web.shelves).
"""

from uuid import UUID


def picture(post_id: UUID, position: int) -> str:
    """A picture of a post, by its place; sizes stand below."""
    return f"/p/{post_id}/pictures/{position}/"


def named(post_id: UUID, key: str) -> str:
    """A picture of an article, by the last part of its key; sizes stand below."""
    return f"/p/{post_id}/pictures/{key.rpartition('/')[2]}/"


def cover(post_id: UUID, revision: int) -> str:
    """An article's cover; sizes stand below. Browsers keep it, so an edit changes the address."""
    return f"/p/{post_id}/cover/{revision}/"


def film(post_id: UUID) -> str:
    """A video; its files and its `poster/` stand below."""
    return f"/p/{post_id}/video/"
