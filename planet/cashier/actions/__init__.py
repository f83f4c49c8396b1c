"""Writes of money in and out. Locks, in this order: the withdrawal, its hold, accounts."""
