"""Why a tip was not sent. Each changes nothing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CannotTip(Exception):
    """A tip that was not sent; `text` tells the person why."""

    text: str | Promise = _("This tip cannot be sent.")


class Oneself(CannotTip):
    """Nobody tips themselves."""

    text = _("This is yours: nobody can tip themselves.")


class NoCreator(CannotTip):
    """Only creators receive tips."""

    text = _("They have no creator profile, so they cannot receive tips.")


class Hidden(CannotTip):
    """The receiver is suspended, or one of the two has blocked the other."""


class OutOfBounds(CannotTip):
    """Less than the least, or more than the most."""

    text = _("This amount is too small or too large for a tip.")


class TooLittle(CannotTip):
    """The payer has less than that."""

    text = _("You have less than that in your wallet.")


class Overtaken(CannotTip):
    """Another tip was sent from a form that was opened at the same time."""

    text = _("You have sent a tip here meanwhile, from another tab or device. Send this one only if you want both.")
