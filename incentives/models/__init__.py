"""Policies, the settlement of each week, who approved it, and what each creator and each content got.

What must hold whatever the code does is in the database: incentives/migrations/0002_guards.py.
"""

from incentives.models.links import LIVE, Cluster, ClusterState, Evidence, LinkAppeal, Member
from incentives.models.policies import AMOUNTS, Policy
from incentives.models.settlements import Approval, Award, Correction, Flag, FlagKind, Settlement, State
from incentives.models.worked import GIVEN, STEPS, Earning, Estimate, Prospect, Worked

__all__ = [
    "AMOUNTS",
    "GIVEN",
    "LIVE",
    "STEPS",
    "Approval",
    "Award",
    "Cluster",
    "ClusterState",
    "Correction",
    "Earning",
    "Estimate",
    "Evidence",
    "Flag",
    "FlagKind",
    "LinkAppeal",
    "Member",
    "Policy",
    "Prospect",
    "Settlement",
    "State",
    "Worked",
]
