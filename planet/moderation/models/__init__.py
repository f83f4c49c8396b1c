"""What operators did and why, and what people reported."""

from planet.moderation.models.audit import AuditEntry
from planet.moderation.models.reports import MovedPicture, Reason, Report, Reported, ReportState, Snapshot

__all__ = ["AuditEntry", "MovedPicture", "Reason", "Report", "ReportState", "Reported", "Snapshot"]
