"""What templates need; a page and its fragments share one builder."""
