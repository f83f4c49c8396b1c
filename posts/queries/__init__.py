"""Reads of posts."""

from posts.queries.comments import Thread, thread, threads
from posts.queries.pictures import in_use, of_posts
from posts.queries.rows import Content, Counts, Done, Face, Row, row, rows
from posts.queries.state import State, states
from posts.queries.timelines import bookmarked, by_creator, find_tag, following, latest, newer, tag_name, tagged

__all__ = [
    "Content",
    "Counts",
    "Done",
    "Face",
    "Row",
    "State",
    "Thread",
    "bookmarked",
    "by_creator",
    "find_tag",
    "following",
    "in_use",
    "latest",
    "newer",
    "of_posts",
    "row",
    "rows",
    "states",
    "tag_name",
    "tagged",
    "thread",
    "threads",
]
