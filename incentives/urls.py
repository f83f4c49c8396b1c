"""URLs of this app."""

from django.urls import URLPattern, path

from incentives import views

urlpatterns: list[URLPattern] = [
    path("pool/", views.pool, name="pool"),
    path("pool/now/", views.running, name="pool_now"),
    path("pool/<slug:week>/", views.week, name="pool_week"),
    path("pool/<slug:week>/proof.json", views.proof, name="pool_proof"),
    path("pool/<slug:week>/files/<str:name>", views.file, name="pool_file"),
]
