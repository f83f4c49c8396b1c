"""Posts: text, pictures, comments, feeds."""
