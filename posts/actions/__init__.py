"""Writes of posts. Each takes `actor` (and `now`), runs in one transaction, and raises one of posts.errors."""

from posts.actions.articles import SUMMARY_LENGTH
from posts.actions.commenting import comment, delete_comment
from posts.actions.counters import repair_counts
from posts.actions.drafting import (
    MAX_DRAFTS,
    Saved,
    forget_thrown_away,
    get_back,
    new_draft,
    throw_away,
)
from posts.actions.drafting import save as save_draft
from posts.actions.editing import edit, edit_article
from posts.actions.permission import require_public, require_publisher
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
from posts.actions.publishing import delete, publish
from posts.actions.reactions import bookmark, like, repost, unbookmark, unlike, unrepost
from posts.actions.restoring import restore, restore_comment
from posts.actions.scheduling import MAX_SCHEDULED, publish_due, schedule, unschedule
from posts.actions.texts import COMMENT_LENGTH, POST_LENGTH

__all__ = [
    "ALT_LENGTH",
    "COMMENT_LENGTH",
    "MAX_BLOCKS",
    "MAX_DRAFTS",
    "MAX_PARTS",
    "MAX_PICTURES",
    "MAX_SCHEDULED",
    "POST_LENGTH",
    "SUMMARY_LENGTH",
    "WARNING_LENGTH",
    "NewArticle",
    "NewBlock",
    "NewPicture",
    "Options",
    "Saved",
    "StoredPicture",
    "bookmark",
    "comment",
    "delete",
    "delete_comment",
    "edit",
    "edit_article",
    "find_picture",
    "forget_thrown_away",
    "get_back",
    "like",
    "new_draft",
    "publish",
    "publish_due",
    "repair_counts",
    "repost",
    "require_public",
    "require_publisher",
    "restore",
    "restore_comment",
    "save_draft",
    "schedule",
    "throw_away",
    "unbookmark",
    "unlike",
    "unrepost",
    "unschedule",
]
