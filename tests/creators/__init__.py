"""Tests of creators."""
