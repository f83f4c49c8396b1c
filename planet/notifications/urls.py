"""URLs of this app."""

from django.urls import URLPattern, path

from planet.notifications.views import inbox, push, settings

urlpatterns: list[URLPattern] = [
    path("", inbox.inbox, name="notifications"),
    path("unread/", inbox.unread, name="notifications_unread"),
    path("read/", inbox.read_all, name="notifications_read"),
    path("settings/", settings.settings, name="notification_settings"),
    path("push/", push.subscribe, name="push_subscribe"),
    path("push/off/", push.unsubscribe, name="push_off"),
    path("push/test/", push.try_out, name="push_test"),
    path("push/<uuid:subscription_id>/revoke/", push.revoke, name="push_revoke"),
    path("digest/<str:token>/", settings.unsubscribe, name="digest_unsubscribe"),
    path("<uuid:notification_id>/read/", inbox.read_one, name="notification_read"),
    path("<uuid:notification_id>/open/", inbox.open_one, name="notification_open"),
]
