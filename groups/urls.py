"""The private hub's addresses."""

from django.urls import path

from groups.views import acts, attachments, direct, messages, mine, pages

urlpatterns = [
    # The conversation: the list, a group's first channel, a channel or a thread, a message by itself.
    path("groups/", pages.index, name="groups"),
    path("g/<slug:handle>/", pages.group, name="group"),
    path("g/<slug:handle>/c/<uuid:channel_id>/", pages.channel, name="channel"),
    path("g/<slug:handle>/about/", pages.about, name="group_about"),
    path("m/<uuid:message_id>/", pages.message, name="message"),
    path("m/<uuid:message_id>/forward-to/", pages.forward_to, name="message_forward_to"),
    # What the conversation's scripts ask for and send.
    path("channels/<uuid:channel_id>/page/", messages.page, name="channel_page"),
    path("channels/<uuid:channel_id>/since/", messages.since, name="channel_since"),
    path("channels/<uuid:channel_id>/mention/", messages.mention, name="channel_mention"),
    path("channels/<uuid:channel_id>/send/", messages.send, name="channel_send"),
    path("channels/<uuid:channel_id>/read/", messages.read, name="channel_read"),
    path("channels/<uuid:channel_id>/typing/", messages.typing, name="channel_typing"),
    path("channels/<uuid:channel_id>/follow/", acts.follow, name="channel_follow"),
    path("m/<uuid:message_id>/edit/", acts.edit, name="message_edit"),
    path("m/<uuid:message_id>/delete/", acts.delete, name="message_delete"),
    path("m/<uuid:message_id>/react/", acts.react, name="message_react"),
    path("m/<uuid:message_id>/pin/", acts.pin, name="message_pin"),
    path("m/<uuid:message_id>/forward/", acts.forward, name="message_forward"),
    path("m/<uuid:message_id>/thread/", acts.thread, name="message_thread"),
    path("groups/unread/", messages.unread_counts, name="groups_unread"),
    # How a member keeps a group.
    path("groups/order/", mine.order, name="groups_order"),
    path("groups/<uuid:group_id>/keep/", mine.keep, name="group_keep"),
    path("groups/<uuid:group_id>/catch-up/", mine.catch_up, name="group_catch_up"),
    path("groups/<uuid:group_id>/leave/", mine.leave, name="group_leave"),
    # Pictures and files.
    path("channels/<uuid:channel_id>/attach/", attachments.upload, name="channel_attach"),
    path("attachments/<uuid:attachment_id>/", attachments.show, name="attachment"),
    path("attachments/<uuid:attachment_id>/change/", attachments.change, name="attachment_change"),
    path("groups/<uuid:group_id>/media/", attachments.of_group, name="group_media"),
    # Direct messages.
    path("messages/new/", direct.new, name="direct_new"),
    path("messages/requests/", direct.inbox, name="direct_requests"),
    path("messages/to/<str:handle>/", direct.to, name="direct_to"),
    path("messages/<uuid:group_id>/", direct.talk, name="direct"),
    path("messages/<uuid:group_id>/c/<uuid:channel_id>/", direct.channel, name="direct_channel"),
    path("messages/<uuid:group_id>/about/", direct.people, name="direct_people"),
    path("messages/<uuid:group_id>/accept/", direct.accept, name="direct_accept"),
    path("messages/<uuid:group_id>/decline/", direct.decline, name="direct_decline"),
]
