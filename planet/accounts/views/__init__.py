"""Pages of accounts: settings, the identity check, and in development the mail."""
