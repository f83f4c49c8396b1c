"""What developers and CI run: see the Makefile."""
