"""Writes of posts. Each takes `actor` (and `now`), runs in one transaction, and raises one of posts.errors."""

from posts.actions.commenting import comment, delete_comment
from posts.actions.counters import repair_counts
from posts.actions.permission import require_publisher
from posts.actions.publishing import MAX_PICTURES, NewPicture, delete, edit, publish
from posts.actions.reactions import bookmark, like, repost, unbookmark, unlike, unrepost
from posts.actions.restoring import restore, restore_comment
from posts.actions.texts import ALT_LENGTH, COMMENT_LENGTH, POST_LENGTH

__all__ = [
    "ALT_LENGTH",
    "COMMENT_LENGTH",
    "MAX_PICTURES",
    "POST_LENGTH",
    "NewPicture",
    "bookmark",
    "comment",
    "delete",
    "delete_comment",
    "edit",
    "like",
    "publish",
    "repair_counts",
    "repost",
    "require_publisher",
    "restore",
    "restore_comment",
    "unbookmark",
    "unlike",
    "unrepost",
]
