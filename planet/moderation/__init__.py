"""What operators decide, and the record of it."""
