"""URLs of this app."""

from django.urls import path

from posts.views import articles, comments, composing, drafts, feeds, pictures, posts, reactions, topics, videos

urlpatterns = [
    path("", feeds.home, name="home"),
    path("latest/", feeds.latest, name="latest"),
    path("feed/new/", feeds.newer, name="feed_new"),
    path("bookmarks/", feeds.bookmarks, name="bookmarks"),
    path("topic/<str:name>/", topics.topic, name="topic"),
    path("topic/<str:name>/follow/", topics.follow, name="topic_follow"),
    path("asset/<str:symbol>/", feeds.asset, name="asset"),
    path("post/", composing.new, name="post_new"),
    path("post/article/", articles.new, name="article_new"),
    path("post/article/preview/", articles.preview, name="article_preview"),
    path("post/pictures/", pictures.upload, name="picture_upload"),
    path("post/videos/", videos.begin, name="video_begin"),
    path("post/videos/<uuid:video_id>/", videos.video, name="video"),
    path("drafts/", drafts.box, name="drafts"),
    path("drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<uuid:draft_id>/save/", drafts.save, name="draft_save"),
    path("drafts/<uuid:draft_id>/schedule/", drafts.schedule, name="draft_schedule"),
    path("drafts/<uuid:draft_id>/unschedule/", drafts.unschedule, name="draft_unschedule"),
    path("drafts/<uuid:draft_id>/publish/", drafts.publish, name="draft_publish"),
    path("drafts/<uuid:draft_id>/delete/", drafts.delete, name="draft_delete"),
    path("drafts/<uuid:draft_id>/restore/", drafts.restore, name="draft_restore"),
    path("p/<uuid:post_id>/redraft/", drafts.redraft, name="post_redraft"),
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
