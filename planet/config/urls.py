"""Every URL of the site, by room."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("posts.urls")),  # first, for the home page is what is asked for most; none of these is another's
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("planet.web.urls")),
    path("", include("planet.accounts.urls")),
    path("", include("planet.moderation.urls")),
    path("markets/", include("planet.markets.urls")),
    path("notifications/", include("planet.notifications.urls")),
    path("", include("planet.ledger.urls")),
    path("", include("planet.tips.urls")),
    path("wallet/", include("planet.cashier.urls")),
    path("", include("planet.engagement.urls")),
    path("", include("incentives.urls")),
    path("", include("discover.urls")),
    path("", include("groups.urls")),
    path("", include("creators.urls")),
]

handler400 = "planet.web.errors.bad_request"
handler403 = "planet.web.errors.forbidden"
handler404 = "planet.web.errors.not_found"
handler500 = "planet.web.errors.server_error"
