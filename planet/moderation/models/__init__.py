"""What operators did and why, and what people reported."""

from planet.moderation.models.audit import AuditEntry
from planet.moderation.models.reports import Reason, Report, Reported, ReportState, Snapshot

__all__ = ["AuditEntry", "Reason", "Report", "ReportState", "Reported", "Snapshot"]
