"""The private hub's addresses."""

from django.urls import path

from groups.views import messages, pages

urlpatterns = [
    # The conversation: the list, a group's first channel, a channel or a thread, a message by itself.
    path("groups/", pages.index, name="groups"),
    path("g/<slug:handle>/", pages.group, name="group"),
    path("g/<slug:handle>/c/<uuid:channel_id>/", pages.channel, name="channel"),
    path("g/<slug:handle>/about/", pages.about, name="group_about"),
    path("m/<uuid:message_id>/", pages.message, name="message"),
    path("m/<uuid:message_id>/replies/", pages.replies, name="message_replies"),
    # What the conversation's scripts ask for and send.
    path("channels/<uuid:channel_id>/page/", messages.page, name="channel_page"),
    path("channels/<uuid:channel_id>/since/", messages.since, name="channel_since"),
    path("channels/<uuid:channel_id>/mention/", messages.mention, name="channel_mention"),
    path("channels/<uuid:channel_id>/send/", messages.send, name="channel_send"),
    path("channels/<uuid:channel_id>/read/", messages.read, name="channel_read"),
    path("channels/<uuid:channel_id>/typing/", messages.typing, name="channel_typing"),
    path("groups/unread/", messages.unread_counts, name="groups_unread"),
]
