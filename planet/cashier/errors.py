"""Why money does not come in or go out. Each changes nothing; `text` tells the person."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Refused(Exception):
    """A deposit or a withdrawal that does not happen."""

    text: str | Promise = gettext_lazy("That is not possible.")


class NotVerified(Refused):
    """The identity check does not stand approved."""

    text = gettext_lazy("Verify your identity first: money leaves only for people who are known.")


class CoolingDown(Refused):
    """A password, an address or a second factor was changed a short while ago."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        when = date_format(until, "DATETIME_FORMAT")
        self.text = _("Your sign-in was changed. To protect you, nothing can be withdrawn before %(when)s (UTC).") % {
            "when": when
        }


class OverLimit(Refused):
    """More than may go in a day."""

    text = gettext_lazy("That is more than the daily limit leaves.")


class TooLittle(Refused):
    """There is less than that."""

    text = gettext_lazy("You have less than that available.")


class Overtaken(Refused):
    """The form was sent before, with something else in it."""

    text = gettext_lazy("Something was sent from this form before. Look at what is under way, then begin anew.")


class SandboxFunds(Refused):
    """The planet still holds test funds: they must never leave as real ones."""

    text = gettext_lazy("This planet still holds test funds. Nothing can be withdrawn before they are cleared.")


class Oneself(Refused):
    """An operator would decide about their own money."""

    text = gettext_lazy("nobody decides about themselves.")


class SecondApproval(Refused):
    """The operator has said yes already; the other yes has to be somebody else's."""

    text = gettext_lazy("you have approved it; somebody else has to, too.")


class UnknownOperator(Refused):
    """So much money goes only by the yes of operators whose identity is known: two accounts may be one person."""

    text = gettext_lazy("so much needs two operators whose identity is verified: verify yours first.")


class NotOpen(Refused):
    """It is not in the state that this needs: somebody was faster."""

    text = gettext_lazy("It is decided already.")
