"""What tests of groups share."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
