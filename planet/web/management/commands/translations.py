"""`manage.py translations`: compile the catalogues; `--extract` first brings them in line with the texts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from planet.web import translations


class Command(BaseCommand):
    """Compiles translations, as a start does."""

    help = "Compile the translations; with --extract, collect new texts from templates and modules first."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--extract for whoever changed a text."""
        parser.add_argument("--extract", action="store_true", help="collect new texts, drop unused ones")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Say what was done and what still has no translation."""
        for language in translations.languages():
            if options["extract"]:
                added, removed = translations.extract(language)
                self.stdout.write(f"{language}: {added} texts came, {removed} went")
            for text in translations.missing(language):
                self.stdout.write(f"{language}: not translated: {text.msgid!r}")
        for path in translations.compile_all():
            self.stdout.write(f"wrote {path.name} of {path.parent.parent.name}")
