"""Linked accounts: which accounts are one person's, and so count as one in the weekly pool (FORMULAS §3, step 5)."""
