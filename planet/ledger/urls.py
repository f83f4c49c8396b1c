"""URLs of this app."""

from django.urls import URLPattern, path

from planet.ledger import views

urlpatterns: list[URLPattern] = [
    path("wallet/", views.wallet, name="wallet"),
    path("wallet/statement.csv", views.statement, name="wallet_statement"),
]
