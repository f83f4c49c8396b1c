"""A poll on where a price goes."""
