"""Writes of a person's browsers: subscribe, revoke, try."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from planet.accounts.models import User
from planet.notifications.models import PushSubscription
from planet.notifications.push import messages, service
from planet.notifications.push.sealing import BadKeys, Keys, seal

MOST = 10  # browsers a person; the one that subscribed longest ago makes room
LONGEST_ENDPOINT = 700
# In this order: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS: Final[tuple[tuple[str, str], ...]] = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final[tuple[tuple[str, str], ...]] = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class NotAPushService(ValueError):
    """An endpoint that we do not call, or keys that no browser has."""


def name_of(user_agent: str) -> str:
    """What to call a browser: "Firefox on Android"."""
    browser, system = (
        next((name for mark, name in marks if re.search(rf"\b{mark}\b", user_agent)), "")
        for marks in (_BROWSERS, _SYSTEMS)
    )
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


@transaction.atomic
def subscribe(
    *, actor: User, endpoint: str, p256dh: str, auth: str, session_key: str, user_agent: str, now: datetime
) -> PushSubscription:
    """Reach the actor at this browser from now on. The same endpoint again renews it, whoever had it before: a
    browser belongs to who is signed in. Raises NotAPushService.
    """
    if len(endpoint) > LONGEST_ENDPOINT or not service.allowed(endpoint):
        raise NotAPushService
    try:
        Keys.parse(p256dh, auth)
    except BadKeys:
        raise NotAPushService from None
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # so that the limit holds for two at once
    made, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "user": actor,
            "p256dh": p256dh.rstrip("="),
            "auth": auth.rstrip("="),
            "session_key": session_key,
            "name": name_of(user_agent),
            "created_at": now,
        },
    )
    newest = PushSubscription.objects.filter(user=actor).order_by("-created_at", "-id")
    PushSubscription.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST:])).delete()
    return made


def revoke(*, actor: User, subscription_id: UUID) -> bool:
    """Wake this browser of the actor no more; False when it is none of theirs."""
    return PushSubscription.objects.filter(pk=subscription_id, user=actor).delete()[0] > 0


def forget(*, actor: User, endpoint: str) -> bool:
    """The same, by the browser's endpoint."""
    return PushSubscription.objects.filter(endpoint=endpoint, user=actor).delete()[0] > 0


def move(*, actor: User, old: str, new: str) -> None:
    """The actor's session goes on under a new key, as after a change of password."""
    PushSubscription.objects.filter(user=actor, session_key=old).update(session_key=new)


def living(keys: Iterable[str], *, now: datetime) -> set[str]:
    """Those of some session keys that somebody is still signed in with."""
    found = Session.objects.filter(session_key__in=set(keys), expire_date__gt=now)
    return set(found.values_list("session_key", flat=True))


def forget_signed_out() -> int:
    """Forget the browsers whose session is gone; how many."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    return PushSubscription.objects.exclude(Exists(session)).delete()[0]


def of_person(user: User) -> list[PushSubscription]:
    """The person's browsers, the newest first."""
    return list(PushSubscription.objects.filter(user=user).order_by("-created_at", "-id"))


def try_out(*, actor: User, now: datetime) -> list[tuple[PushSubscription, service.Answer]]:
    """Send a test message to every browser of the actor, and say what each push service answered.

    A browser that has unsubscribed is forgotten.
    """
    answers = []
    for one in of_person(actor):
        body = seal(messages.of_test(actor), Keys.parse(one.p256dh, one.auth))
        answer = service.send(one.endpoint, body, topic="test", urgent=True, now=now)
        if answer.outcome is service.Outcome.GONE:
            PushSubscription.objects.filter(pk=one.pk).delete()
        answers.append((one, answer))
    return answers
