"""What attacks on the weekly pool gain, and the tests that bound it."""
