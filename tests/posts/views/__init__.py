"""Tests of the views, one file a module."""
