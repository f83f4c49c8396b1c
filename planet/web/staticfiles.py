"""How static files are stored: hashed names, compressed copies."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped base
    """Rewrites `import` statements of ES modules too, so that a module's name changes with what it imports."""

    support_js_module_import_aggregation = True
