"""Posts and what people do with them."""

from posts.models.comments import Comment, CommentMention
from posts.models.drafts import Draft
from posts.models.post import Post, PostPicture, PostRevision
from posts.models.reactions import Bookmark, Like
from posts.models.tags import PostMention, PostTag, Tag, TopicFollow

__all__ = [
    "Bookmark",
    "Comment",
    "CommentMention",
    "Draft",
    "Like",
    "Post",
    "PostMention",
    "PostPicture",
    "PostRevision",
    "PostTag",
    "Tag",
    "TopicFollow",
]
