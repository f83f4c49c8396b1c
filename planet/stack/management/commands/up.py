"""`manage.py up`: the whole product, from one command."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from planet.stack import lock, start, tree
from planet.stack.console import Console
from planet.stack.process import StartFailed


class Command(BaseCommand):
    """Starts PostgreSQL, Redis, web, realtime, worker, media and beat; stops them all on Ctrl-C."""

    help = "Start the whole product on this machine."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Run until a signal; the exit status is 0 after an orderly stop."""
        env = settings.ENV
        try:
            with lock.hold(env.data_dir, url=settings.SITE_URL) as held:
                start.check_ports(env)
                asyncio.run(tree.run(tree.Tree(Console(), inherit=[held.inherited]), start.Start(env)))
        except lock.AlreadyUp as error:
            raise CommandError(f"{error}\nStop it first, or give another DATA_DIR and PORT.") from None
        except StartFailed as error:
            raise CommandError(f"Planet could not start: {error}") from None
