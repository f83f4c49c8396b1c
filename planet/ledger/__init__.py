"""Double-entry money and points: accounts, transfers of registered kinds, holds, reconciliation."""
