"""URLs of this app."""

from django.urls import URLPattern, path

from planet.web import views
from planet.web.design import design
from planet.web.media import media

urlpatterns: list[URLPattern] = [
    path("media/<path:name>", media, name="media"),
    path("design/", design, name="design"),
    path("preferences/", views.preferences, name="preferences"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
