"""URLs of this app."""

from django.urls import path

from planet.engagement import views

urlpatterns = [path("beacon/", views.beacon, name="beacon")]
