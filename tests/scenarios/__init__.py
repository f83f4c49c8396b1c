"""Worked examples with exact money, readable by an accountant."""
