"""What tests of notifications share."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.utils import timezone

from planet.accounts.models import User
from planet.notifications import actions
from planet.notifications.models import Kind, Notification, PushSubscription
from planet.notifications.push import subscriptions
from tests.notifications.pushing import Browser, Service, push_service

NOW = (timezone.now() - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)  # over at any hour


@pytest.fixture
def service() -> Iterator[Service]:
    """A push service on this machine."""
    with push_service() as running:
        yield running


@pytest.fixture
def woken(service: Service) -> Callable[[User], tuple[Browser, PushSubscription]]:
    """`woken(user)`: a browser of theirs that is subscribed."""

    def subscribe(user: User) -> tuple[Browser, PushSubscription]:
        browser, session = Browser(), SessionStore()
        session.create()
        made = subscriptions.subscribe(
            actor=user,
            endpoint=f"{service.url}/{user.handle}/{browser.p256dh[:20]}",
            p256dh=browser.p256dh,
            auth=browser.auth,
            session_key=str(session.session_key),
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            now=NOW,
        )
        return browser, made

    return subscribe


def told(
    recipient: User, actor: User | None, kind: Kind = Kind.MENTION, key: str = "1", *, minutes: float = 0
) -> Notification | None:
    """Tell somebody something, as rooms do; the newest row of theirs."""
    actions.notify(
        recipients=[recipient.pk],
        kind=kind,
        actor=actor,
        group_key=f"{kind}:{key}",
        url="/p/1/",
        excerpt="gm, everybody",
        now=NOW + timedelta(minutes=minutes),
    )
    return Notification.objects.filter(recipient=recipient).order_by("-updated_at", "-id").first()
