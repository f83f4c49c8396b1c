"""Candles of a moment."""
