"""URLs of this app; what allauth serves lies under /accounts/."""

from django.urls import URLPattern, path

from planet.accounts.views import kyc, mail, settings

urlpatterns: list[URLPattern] = [
    path("settings/", settings.overview, name="settings"),
    path("settings/mentions/", settings.mentions, name="settings_mentions"),
    path("settings/blocked/", settings.blocked, name="settings_blocked"),
    path("settings/muted/", settings.muted, name="settings_muted"),
    path("kyc/", kyc.check, name="kyc"),
    path("kyc/webhook/<slug:provider>/", kyc.webhook, name="kyc_webhook"),
    path("dev/mail/", mail.index, name="dev_mail"),
    path("dev/mail/<str:name>/", mail.detail, name="dev_mail_detail"),
]
