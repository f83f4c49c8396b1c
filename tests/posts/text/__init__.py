"""Tests of the parser and the renderer."""
