"""Commands of the stack."""
