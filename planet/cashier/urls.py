"""URLs of this app, below /wallet/."""

from django.urls import URLPattern, path

from planet.cashier import views

urlpatterns: list[URLPattern] = [
    path("deposit/", views.deposit, name="deposit"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("withdraw/<uuid:withdrawal_id>/", views.withdrawal, name="withdrawal"),
    path("withdraw/<uuid:withdrawal_id>/cancel/", views.cancel, name="withdrawal_cancel"),
    path("webhook/exchange/", views.webhook, name="exchange_webhook"),
]
