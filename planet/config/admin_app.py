"""The admin as an app, with our own site in it."""

from django.contrib.admin.apps import AdminConfig


class PlanetAdminConfig(AdminConfig):
    """Django's admin on PlanetAdminSite."""

    default_site = "planet.config.admin.PlanetAdminSite"
