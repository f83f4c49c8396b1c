"""Money in and out: deposits, withdrawals, and whoever carries them out."""
