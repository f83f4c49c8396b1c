"""Finding things: search, suggestions while typing, and what is talked about."""
