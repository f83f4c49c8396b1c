"""Writes of the weekly pool: policies, and each step of a settlement."""
