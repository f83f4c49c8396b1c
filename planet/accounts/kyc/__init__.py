"""The identity check: none → pending → approved | rejected | expired, with its history, behind a provider.

`apply` and `decide` are the two doors; `documents.read` is the only way to see a picture. Two providers: `manual` (our
operators decide in the admin) and `hosted` (a provider such as Sumsub does, and calls back with a signature).
"""

from planet.accounts.kyc.actions import (
    CannotApply,
    NeedsReason,
    NoIdentity,
    NotApproved,
    NotPending,
    Paper,
    apply,
    decide,
    end,
)

__all__ = ["CannotApply", "NeedsReason", "NoIdentity", "NotApproved", "NotPending", "Paper", "apply", "decide", "end"]
