"""Tips: one person gives another money for something, whole: what is sent is what arrives."""
