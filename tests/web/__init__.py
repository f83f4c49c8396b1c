"""Tests of planet.web."""
