"""Writes of posts. Each takes `actor` (and `now`), runs in one transaction, and raises one of posts.errors."""

from posts.actions.articles import SUMMARY_LENGTH
from posts.actions.bells import ring_due
from posts.actions.blocks import correct_idea, follow_blocks, repair_votes, vote
from posts.actions.commenting import comment, delete_comment
from posts.actions.counters import repair_counts
from posts.actions.discussion import hide_comment, like_comment, pin_comment, unlike_comment
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
from posts.actions.interest import lose_interest, regain_interest
from posts.actions.lists import (
    create_list,
    delete_list,
    pin_list,
    put_on_list,
    rename_list,
    take_off_list,
)
from posts.actions.permission import require_public, require_publisher
from posts.actions.placing import misplaced, settle, settle_post
from posts.actions.publication import (
    ALT_LENGTH,
    MAX_PARTS,
    MAX_PICTURES,
    MAX_THREAD_BLOCKS,
    MAX_THREAD_PICTURES,
    WARNING_LENGTH,
    NewArticle,
    NewPart,
    NewPicture,
    Options,
    StoredPicture,
    find_picture,
    lost,
)
from posts.actions.publishing import delete, publish
from posts.actions.reactions import bookmark, like, repost, unbookmark, unlike, unrepost
from posts.actions.redrafting import redraft
from posts.actions.restoring import restore, restore_comment
from posts.actions.scheduling import MAX_SCHEDULED, publish_due, schedule, unschedule
from posts.actions.scoring import fold_touched, rank_comments_since, score, score_recent, score_since
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
from posts.blocks import MAX_BLOCKS, NewBlock

__all__ = [
    "ALT_LENGTH",
    "COMMENT_LENGTH",
    "MAX_BLOCKS",
    "MAX_DRAFTS",
    "MAX_PARTS",
    "MAX_PICTURES",
    "MAX_SCHEDULED",
    "MAX_THREAD_BLOCKS",
    "MAX_THREAD_PICTURES",
    "MAX_VIDEO_SIZE",
    "PIECE",
    "POST_LENGTH",
    "SUMMARY_LENGTH",
    "WARNING_LENGTH",
    "NewArticle",
    "NewBlock",
    "NewPart",
    "NewPicture",
    "Options",
    "Saved",
    "StoredPicture",
    "begin_video",
    "bookmark",
    "comment",
    "correct_idea",
    "create_list",
    "delete",
    "delete_comment",
    "delete_list",
    "drop_video",
    "edit",
    "edit_article",
    "encode_video",
    "find_picture",
    "fold_touched",
    "follow_blocks",
    "forget_thrown_away",
    "get_back",
    "hide_comment",
    "like",
    "like_comment",
    "lose_interest",
    "lost",
    "misplaced",
    "new_draft",
    "pin_comment",
    "pin_list",
    "publish",
    "publish_due",
    "put_on_list",
    "rank_comments_since",
    "receive",
    "redraft",
    "regain_interest",
    "rename_list",
    "repair_counts",
    "repair_votes",
    "repost",
    "requeue_videos",
    "require_public",
    "require_publisher",
    "restore",
    "restore_comment",
    "ring_due",
    "save_draft",
    "schedule",
    "score",
    "score_recent",
    "score_since",
    "settle",
    "settle_post",
    "sweep_videos",
    "take_off_list",
    "take_stance",
    "throw_away",
    "unbookmark",
    "unlike",
    "unlike_comment",
    "unrepost",
    "unschedule",
    "vote",
]
