"""The socket: one a tab, many topics."""
