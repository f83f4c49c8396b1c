"""URLs of this app."""

from django.urls import URLPattern, path

from incentives import views
from incentives.links import views as links

urlpatterns: list[URLPattern] = [
    path("pool/", views.pool, name="pool"),
    path("pool/now/", views.running, name="pool_now"),
    path("pool/policies/", views.policies, name="pool_policies"),
    path("pool/linked/", links.linked, name="pool_linked"),
    path("pool/linked/appeal/", links.appeal, name="pool_linked_appeal"),
    path("pool/<slug:week>/", views.week, name="pool_week"),
    path("pool/<slug:week>/statement/", views.statement, name="pool_statement"),
    path("pool/<slug:week>/statement.csv", views.statement_table, name="pool_statement_csv"),
    path("pool/<slug:week>/statement.json", views.statement_data, name="pool_statement_json"),
    path("pool/<slug:week>/proof.json", views.proof, name="pool_proof"),
    path("pool/<slug:week>/files/<str:name>", views.file, name="pool_file"),
]
