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
from posts.actions.redrafting import redraft
from posts.actions.restoring import restore, restore_comment
from posts.actions.scheduling import MAX_SCHEDULED, publish_due, schedule, unschedule
from posts.actions.scoring import fold_touched, score, score_recent, score_since
from posts.actions.stance import take_stance
from posts.actions.texts import COMMENT_LENGTH, POST_LENGTH
from posts.actions.videos import (
    MAX_SIZE as MAX_VIDEO_SIZE,
)
from posts.actions.videos import (
    PIECE,
    begin_video,
    drop_video,
    encode_video,
    receive,
    requeue_videos,
    sweep_videos,
)

__all__ = [
    "ALT_LENGTH",
    "COMMENT_LENGTH",
    "MAX_BLOCKS",
    "MAX_DRAFTS",
    "MAX_PARTS",
    "MAX_PICTURES",
    "MAX_SCHEDULED",
    "MAX_VIDEO_SIZE",
    "PIECE",
    "POST_LENGTH",
    "SUMMARY_LENGTH",
    "WARNING_LENGTH",
    "NewArticle",
    "NewBlock",
    "NewPicture",
    "Options",
    "Saved",
    "StoredPicture",
    "begin_video",
    "bookmark",
    "comment",
    "delete",
    "delete_comment",
    "drop_video",
    "edit",
    "edit_article",
    "encode_video",
    "find_picture",
    "forget_thrown_away",
    "get_back",
    "fold_touched",
    "follow_blocks",
    "like",
    "new_draft",
    "publish",
    "publish_due",
    "receive",
    "redraft",
    "repair_counts",
    "repost",
    "requeue_videos",
    "require_public",
    "require_publisher",
    "restore",
    "restore_comment",
    "save_draft",
    "schedule",
    "sweep_videos",
    "throw_away",
    "unbookmark",
    "unlike",
    "score",
    "score_recent",
    "score_since",
    "unrepost",
    "unschedule",
]
