"""The tests of admin."""
