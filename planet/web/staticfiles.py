"""How static files are stored: hashed names, compressed copies."""

from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _MODULE_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]  # noqa: SLF001
# What npm brings. A machine without npm serves the pages without it, and no page links a sheet that needs it.
OPTIONAL = "inter/"


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped base
    """Rewrites `import` statements of our ES modules too, so that a module's name changes with what it imports.

    Of ours alone: Django looks for imports in comments as well, and those of other people's scripts name files that
    are not there.
    """

    patterns: tuple[Any, ...] = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _MODULE_IMPORTS))

    def hashed_name(self, name: str, content: File[bytes] | None = None, filename: str | None = None) -> str:
        """The file's name with its hash; an optional file that is not installed keeps its name."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            if name.startswith(OPTIONAL):
                return name
            raise
