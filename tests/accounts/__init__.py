"""Tests of planet.accounts."""
