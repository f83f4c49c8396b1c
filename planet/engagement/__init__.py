"""Attention: who saw what for how long, and what they did with it: the record that analytics and settlement read."""
