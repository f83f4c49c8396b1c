"""URLs of this app."""

from django.urls import path

from posts.views import comments, feeds, pictures, posts, reactions

urlpatterns = [
    path("", feeds.home, name="home"),
    path("latest/", feeds.latest, name="latest"),
    path("feed/new/", feeds.newer, name="feed_new"),
    path("bookmarks/", feeds.bookmarks, name="bookmarks"),
    path("topic/<str:name>/", feeds.topic, name="topic"),
    path("asset/<str:symbol>/", feeds.asset, name="asset"),
    path("post/", posts.new, name="post_new"),
    path("post/pictures/", pictures.upload, name="picture_upload"),
    path("p/state/", feeds.states, name="post_refresh"),
    path("p/<uuid:post_id>/", posts.post, name="post"),
    path("p/<uuid:post_id>/edit/", posts.edit, name="post_edit"),
    path("p/<uuid:post_id>/delete/", posts.delete, name="post_delete"),
    path("p/<uuid:post_id>/history/", posts.history, name="post_history"),
    path("p/<uuid:post_id>/like/", reactions.like, name="post_like"),
    path("p/<uuid:post_id>/bookmark/", reactions.bookmark, name="post_bookmark"),
    path("p/<uuid:post_id>/repost/", reactions.repost, name="post_repost"),
    path("p/<uuid:post_id>/comments/", comments.new, name="comment_new"),
    path("p/<uuid:post_id>/comments/new/", comments.newer, name="comments_newer"),
    path("p/<uuid:post_id>/comments/<uuid:comment_id>/", comments.thread, name="comment_thread"),
    path("p/<uuid:post_id>/comments/<uuid:comment_id>/delete/", comments.delete, name="comment_delete"),
]
