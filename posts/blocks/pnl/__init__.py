"""A closed trade, from records."""
