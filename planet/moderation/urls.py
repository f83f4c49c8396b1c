"""URLs of this app."""

from django.urls import URLPattern, path

from planet.moderation.reports import views

urlpatterns: list[URLPattern] = [
    path("report/<slug:kind>/<uuid:object_id>/", views.report, name="report"),
    path("reports/", views.reports, name="reports"),
]
