"""`manage.py release`: what has to happen once before a new version starts."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Runs to its end before the servers start; safe to run again."""

    help = "Check the settings for production and bring the database up to date."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Check, then migrate."""
        call_command("check", deploy=True, fail_level="WARNING")
        call_command("migrate", interactive=False)
