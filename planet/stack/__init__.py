"""The process tree: every server of a Planet on one machine."""
