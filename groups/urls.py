"""The private hub's addresses."""

from django.urls import URLPattern

app_name = "groups"
urlpatterns: list[URLPattern] = []
