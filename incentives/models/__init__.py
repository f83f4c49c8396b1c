"""Policies, the settlement of each week, who approved it, and what each creator and each content got.

What must hold whatever the code does is in the database: incentives/migrations/0002_guards.py.
"""

from incentives.models.policies import AMOUNTS, Policy
from incentives.models.settlements import Approval, Award, Correction, Flag, FlagKind, Settlement, State
from incentives.models.worked import GIVEN, STEPS, Earning, Estimate, Prospect, Worked

__all__ = [
    "AMOUNTS",
    "GIVEN",
    "STEPS",
    "Approval",
    "Award",
    "Correction",
    "Earning",
    "Estimate",
    "Flag",
    "FlagKind",
    "Policy",
    "Prospect",
    "Settlement",
    "State",
    "Worked",
]
