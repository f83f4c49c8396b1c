"""URLs of this app."""

from django.urls import path

from planet.markets import views

urlpatterns = [
    path("quotes/", views.quotes, name="quotes"),
]
