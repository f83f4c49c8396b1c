"""URLs of this app."""

from django.urls import URLPattern, path

from planet.tips import views

urlpatterns: list[URLPattern] = [
    path("tip/<str:kind>/<uuid:object_id>/", views.tip, name="tip"),
    path("tips/<uuid:tip_id>/", views.receipt, name="tip_receipt"),
    path("tips/named/<str:handle>/", views.name, name="tip_name"),
]
