"""`manage.py vapid`: a key with which a planet signs its push messages."""

from typing import Any

from django.core.management.base import BaseCommand

from planet.notifications.push import vapid


class Command(BaseCommand):
    """Prints a new key for VAPID_PRIVATE_KEY. Changing it later means that every browser has to subscribe again."""

    help = "Print a new key for VAPID_PRIVATE_KEY."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it."""
        self.stdout.write(f"VAPID_PRIVATE_KEY={vapid.generate()}")
