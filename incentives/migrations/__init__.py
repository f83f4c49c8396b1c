"""Migrations of the weekly pool."""
