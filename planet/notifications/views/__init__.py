"""The inbox, what people choose about it, and their browsers."""
