"""What is done in groups: a module a subject; each function is one deed, with its own transaction."""
