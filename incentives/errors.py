"""Why a settlement did not go on. Each changes nothing; most go away with time, or by what an operator does."""


class Waits(Exception):
    """The step cannot be done now; the next run of the clock tries again."""


class Busy(Waits):
    """Another process is at it."""


class TooEarly(Waits):
    """The week is not over, or has not been over for two hours."""


class NotComplete(Waits):
    """Attention of the week still waits to be written down or looked up."""


class OutOfOrder(Waits):
    """An earlier week is not paid yet."""


class NoPolicy(Waits):
    """No policy holds for that week."""


class TreasuryShort(Waits):
    """The treasury has less than the policy promises."""


class WrongState(Exception):
    """The week does not stand where that can be done."""


class SecondApproval(Exception):
    """The same operator cannot approve twice."""


class UnknownOperator(Exception):
    """The identity of whoever approves is not verified: two accounts may be one person."""


class NotAhead(ValueError):
    """A policy cannot begin with a week that has begun."""


class NotDisputable(Exception):
    """The time is over, it was corrected before, or it cannot become more."""


class Spent(Exception):
    """What should come back is not there any more."""


class Tampered(Exception):
    """What is stored is not what was frozen or computed."""
