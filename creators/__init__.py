"""Creators: profile, homepage, followers."""
