"""The identity check."""
