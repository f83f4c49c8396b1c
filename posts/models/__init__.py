"""Posts and what people do with them."""

from posts.models.articles import BODY_LENGTH, TITLE_LENGTH, Article, ArticlePicture, ArticleRevision, ArticleText
from posts.models.comments import Comment, CommentMention
from posts.models.drafts import Draft
from posts.models.post import Post, PostPicture, PostRevision
from posts.models.reactions import Bookmark, Like
from posts.models.tags import PostMention, PostTag, Tag, TopicFollow

__all__ = [
    "BODY_LENGTH",
    "TITLE_LENGTH",
    "Article",
    "ArticlePicture",
    "ArticleRevision",
    "ArticleText",
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
