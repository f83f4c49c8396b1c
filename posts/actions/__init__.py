"""Writes of posts. Each takes `actor` (and `now`), runs in one transaction, and raises one of posts.errors."""

from posts.actions.commenting import comment, delete_comment
from posts.actions.counters import repair_counts
from posts.actions.permission import require_publisher
from posts.actions.publication import (
    ALT_LENGTH,
    MAX_BLOCKS,
    MAX_PARTS,
    MAX_PICTURES,
    WARNING_LENGTH,
    NewArticle,
    NewBlock,
    NewPicture,
    Options,
    StoredPicture,
    find_picture,
)
from posts.actions.publishing import delete, edit, publish
from posts.actions.reactions import bookmark, like, repost, unbookmark, unlike, unrepost
from posts.actions.restoring import restore, restore_comment
from posts.actions.texts import COMMENT_LENGTH, POST_LENGTH

__all__ = [
    "ALT_LENGTH",
    "COMMENT_LENGTH",
    "MAX_BLOCKS",
    "MAX_PARTS",
    "MAX_PICTURES",
    "POST_LENGTH",
    "WARNING_LENGTH",
    "NewArticle",
    "NewBlock",
    "NewPicture",
    "Options",
    "StoredPicture",
    "bookmark",
    "comment",
    "delete",
    "delete_comment",
    "edit",
    "find_picture",
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
