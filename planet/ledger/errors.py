"""Why money did not move. Each changes nothing."""


class Refused(Exception):
    """A transfer that did not happen."""


class Short(Refused):
    """The payer has less than that."""


class OtherBody(Refused):
    """The key was used before, for another transfer."""


class NotAllowed(Refused, ValueError):
    """No registered kind moves money like that: a fault of whoever asked."""


class NotReversible(Refused):
    """This transfer is a reversal, was reversed already, or is of a kind that stays."""


class HoldEnded(Refused):
    """The hold was released, captured or given back before."""
