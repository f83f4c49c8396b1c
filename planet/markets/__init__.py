"""Instruments and their prices. Today a simulated feed; real exchanges come behind the same interface."""
