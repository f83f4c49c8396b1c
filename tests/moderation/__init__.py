"""The tests of moderation."""
