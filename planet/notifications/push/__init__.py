"""Web push: browsers are woken through their maker's push service (RFC 8030, 8291, 8292)."""
