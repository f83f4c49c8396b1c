"""Error reports to a Sentry, for those who have one: the `sentry` extra."""

import importlib
import sys


def start_sentry(dsn: str, *, environment: str) -> None:
    """Report errors to `dsn`, without people's personal details; stops the start when the extra is not installed."""
    try:
        sentry_sdk = importlib.import_module("sentry_sdk")
    except ModuleNotFoundError:
        sys.stderr.write("Planet cannot start: SENTRY_DSN: sentry-sdk is not installed (pip install sentry-sdk)\n")
        raise SystemExit(2) from None
    sentry_sdk.init(dsn=dsn, environment=environment, send_default_pii=False, traces_sample_rate=0.0)
