"""Reads of posts."""

from posts.queries.articles import ArticleFace, articles_in_use, faces, more_from, shown_by
from posts.queries.comments import Sort, Thread, count_hidden, hidden, liked_among, thread, threads
from posts.queries.drafts import draft_counts, drafts, scheduled
from posts.queries.foryou import for_you
from posts.queries.lists import lists_of, lists_with, members, uninteresting
from posts.queries.parts import thread_ids
from posts.queries.pictures import in_use, of_posts, videos_in_use
from posts.queries.rows import Because, Content, Counts, Done, Face, Row, row, rows
from posts.queries.state import State, states
from posts.queries.timelines import (
    bookmarked,
    by_creator,
    cursor_at,
    find_tag,
    following,
    latest,
    newer,
    of_list,
    tag_name,
    tagged,
)

__all__ = [
    "ArticleFace",
    "Because",
    "Content",
    "Counts",
    "Done",
    "Face",
    "Row",
    "Sort",
    "State",
    "Thread",
    "articles_in_use",
    "bookmarked",
    "by_creator",
    "count_hidden",
    "cursor_at",
    "draft_counts",
    "drafts",
    "faces",
    "find_tag",
    "following",
    "for_you",
    "hidden",
    "in_use",
    "latest",
    "liked_among",
    "lists_of",
    "lists_with",
    "members",
    "more_from",
    "newer",
    "of_list",
    "of_posts",
    "row",
    "rows",
    "scheduled",
    "shown_by",
    "states",
    "tag_name",
    "tagged",
    "thread",
    "thread_ids",
    "threads",
    "uninteresting",
    "videos_in_use",
]
