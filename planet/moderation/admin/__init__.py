"""The operators' rooms for people, identity checks, sessions, the inbox and the audit log."""

from planet.moderation.admin import audit, kyc, notifications, sessions, users

__all__ = ["audit", "kyc", "notifications", "sessions", "users"]
