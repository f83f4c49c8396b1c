"""How static files are stored: hashed names, compressed copies."""

from functools import cached_property
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

    @cached_property
    def _urls(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """The file's address, worked out once a process: a page asks for some forty of them."""
        found = self._urls.get(name)
        if found is None or force:
            found = self._urls[name] = str(super().url(name, force))
        return found

    def hashed_name(self, name: str, content: File[bytes] | None = None, filename: str | None = None) -> str:
        """The file's name with its hash; an optional file that is not installed keeps its name."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            if name.startswith(OPTIONAL):
                return name
            raise
