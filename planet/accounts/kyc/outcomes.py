"""Who hears of a step of an identity check.

Whatever moves an application (an operator, a provider's callback, the expiry task) goes through one door, and the
person must be told in each case. Telling is the inbox's business, which stands above accounts; so it registers here at
start-up (planet.config does that), and is called inside the transaction that moves the application: the notification
is written if, and only if, the decision is.
"""

from collections.abc import Callable

from planet.accounts.models import KycEvent

Listener = Callable[[KycEvent], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Call `listener` with every event from now on; registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(event: KycEvent) -> None:
    """Tell everybody who registered. An error of theirs takes the step back."""
    for listener in _listeners:
        listener(event)
