"""The private hub's addresses."""

from django.urls import path

from groups.views import messages

urlpatterns = [
    # What the conversation's scripts ask for and send.
    path("channels/<uuid:channel_id>/page/", messages.page, name="channel_page"),
    path("channels/<uuid:channel_id>/since/", messages.since, name="channel_since"),
    path("channels/<uuid:channel_id>/mention/", messages.mention, name="channel_mention"),
    path("channels/<uuid:channel_id>/send/", messages.send, name="channel_send"),
    path("channels/<uuid:channel_id>/read/", messages.read, name="channel_read"),
    path("channels/<uuid:channel_id>/typing/", messages.typing, name="channel_typing"),
    path("groups/unread/", messages.unread_counts, name="groups_unread"),
]
