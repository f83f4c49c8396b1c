"""Tests of planet.engagement."""
