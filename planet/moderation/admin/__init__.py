"""The operators' rooms for people, identity checks, reports, sessions, the inbox and the audit log."""

from planet.moderation.admin import audit, kyc, notifications, reports, sessions, users

__all__ = ["audit", "kyc", "notifications", "reports", "sessions", "users"]
