"""Commands of the weekly pool."""
