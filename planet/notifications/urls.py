"""URLs of this app."""

from django.urls import URLPattern, path

from planet.notifications import views

urlpatterns: list[URLPattern] = [
    path("", views.inbox, name="notifications"),
    path("unread/", views.unread, name="notifications_unread"),
    path("read/", views.read_all, name="notifications_read"),
    path("settings/", views.settings, name="notification_settings"),
    path("<uuid:notification_id>/open/", views.open_one, name="notification_open"),
]
