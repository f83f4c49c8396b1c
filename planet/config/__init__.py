"""The composition root: it imports everything, and only entry points import it."""
