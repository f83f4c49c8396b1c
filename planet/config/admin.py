"""The operators' site: the site's own sign-in with its second factor, a start page, and only rooms that are safe."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from planet.accounts.access import person
from planet.config import figures
from planet.moderation.admin_tools import Room


class PlanetAdminSite(AdminSite):
    """The site under /admin/."""

    site_title = gettext_lazy("Planet operators")
    site_header = gettext_lazy("Planet operators")
    index_title = gettext_lazy("Today")
    index_template = "admin/start.html"
    enable_nav_sidebar = False
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in rooms made of `Room`; what packages bring along would edit without a reason, and stays out."""
        if admin_class is not None and issubclass(admin_class, Room):
            super().register(model_or_iterable, admin_class, **options)

    @property
    def rooms(self) -> list[Room[Any]]:
        """Every room there is."""
        return list(self._registry.values())  # type: ignore[arg-type]  # `register` lets in nothing else

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators, in production only with a second factor."""
        return super().has_permission(request) and not self._needs_second_factor(request)

    def _needs_second_factor(self, request: HttpRequest) -> bool:
        return settings.STAFF_NEEDS_SECOND_FACTOR and not is_mfa_enabled(request.user)

    @method_decorator(never_cache)
    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The site's own sign-in; somebody signed in who is no operator is refused."""
        response: HttpResponse = secure_admin_login(self._signed_in)(request)
        return response

    def _signed_in(self, request: HttpRequest) -> HttpResponse:
        if self._needs_second_factor(request):
            messages.warning(request, _("Operators need a second factor. Set one up, then come back."))
            return redirect("mfa_index")
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Today's figures, what waits, and the rooms this operator may enter."""
        now = timezone.now()
        user = person(request)
        queues = list(figures.queues(now)) if user.has_perm("accounts.view_kycapplication") else []
        if user.has_perm("moderation.view_reported"):
            queues.append(figures.reports(now))
        context = {
            "figures": figures.today(now) if user.has_perm("accounts.view_user") else [],
            "queues": queues,
        }
        return super().index(request, {**(extra_context or {}), **context})
