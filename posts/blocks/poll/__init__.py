"""A poll."""
