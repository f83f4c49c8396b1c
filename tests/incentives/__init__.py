"""Tests of the weekly pool."""
