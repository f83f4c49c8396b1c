"""URLs of this app."""

from django.urls import URLPattern, path

from discover import views

urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("topics/", views.topics, name="topics"),
    path("search/trending/", views.trending, name="trending"),
]
