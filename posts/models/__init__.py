"""Posts and what people do with them."""

from posts.models.articles import BODY_LENGTH, TITLE_LENGTH, Article, ArticlePicture, ArticleRevision, ArticleText
from posts.models.bells import Ringing
from posts.models.blocks import BlockVote, PostBlock, Stance, StanceCount
from posts.models.comments import Comment, CommentLike, CommentMention
from posts.models.drafts import Draft
from posts.models.lists import List, ListMember, NotInterested
from posts.models.post import Post, PostPicture, PostRevision
from posts.models.reactions import Bookmark, Like
from posts.models.scores import PostScore
from posts.models.tags import PostMention, PostTag, Tag, TopicFollow
from posts.models.videos import Video

__all__ = [
    "BODY_LENGTH",
    "TITLE_LENGTH",
    "Article",
    "ArticlePicture",
    "ArticleRevision",
    "ArticleText",
    "BlockVote",
    "Bookmark",
    "Comment",
    "CommentLike",
    "CommentMention",
    "Draft",
    "Like",
    "List",
    "ListMember",
    "NotInterested",
    "Post",
    "PostBlock",
    "PostMention",
    "PostPicture",
    "PostRevision",
    "PostScore",
    "PostTag",
    "Ringing",
    "Stance",
    "StanceCount",
    "Tag",
    "TopicFollow",
    "Video",
]
