"""A trade idea, followed and scored."""
