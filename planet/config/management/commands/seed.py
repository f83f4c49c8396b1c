"""`manage.py seed`: a planet that is lived on, or a big one for the benchmarks."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from planet.config.demo import big, seed
from planet.config.demo.sizes import Impossible, Size
from planet.config.demo.world import SEED


class Command(BaseCommand):
    """`--demo` makes the demo planet, once; the other options make a set of that size."""

    help = "Fill the database: --demo, or --users N --posts M --follows F --likes L."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to make."""
        parser.add_argument("--demo", action="store_true", help="the demo planet, unless anybody lives here already")
        parser.add_argument("--users", type=int, default=0, help="how many people; a fifth of them are creators")
        parser.add_argument("--posts", type=int, default=0, help="how many posts, over the last 180 days")
        parser.add_argument("--follows", type=int, default=0, help="how many follows")
        parser.add_argument("--likes", type=int, default=0, help="how many likes")
        parser.add_argument("--seed", type=int, default=SEED, help="the same number makes the same planet")

    def handle(self, *_: Any, **options: Any) -> None:
        """Seed, and say what was done."""
        if settings.PRODUCTION:
            raise CommandError("Seeding is for development: its accounts and passwords are known to everybody.")
        started, now = time.monotonic(), timezone.now()
        if options["demo"]:
            done = seed.demo(now=now, seed=options["seed"])
            if done:
                seed.introduce(settings.DATA_DIR / "demo-accounts.txt")
            said = "The demo planet is made" if done else "Somebody lives here already; nothing was changed"
        else:
            size = Size(options["users"], options["posts"], options["follows"], options["likes"])
            try:
                big.fill(size, now=now, seed=options["seed"])
            except Impossible as error:
                raise CommandError(str(error)) from None
            said = f"Made {size}"
        self.stdout.write(f"{said} ({time.monotonic() - started:.1f} s).")
