"""Puts the demo planet into an empty database."""

import datetime as dt
from pathlib import Path

from django.db import connection, transaction

from planet.accounts import actions as accounts
from planet.accounts.models import User
from planet.config.demo import (
    articles,
    attention,
    checks,
    components,
    conversations,
    drafts,
    feeds,
    groups,
    inbox,
    money,
    people,
    pool,
    reports,
    society,
    topics,
)
from planet.config.demo.painting import paint_all
from planet.config.demo.store import Store
from planet.config.demo.world import SEED


def demo(*, now: dt.datetime, seed: int = SEED) -> bool:
    """Seed, once: False, and nothing done, when there is anybody already."""
    if User.objects.exists():
        return False
    store = Store(society.make(seed), now)
    store.hang(paint_all(store.jobs()))
    with transaction.atomic():
        store.write()
        articles.write(people=store.users, now=now)
        components.write(store)
        feeds.write(store)
        drafts.write(store)
        attention.write(store)
        inbox.write(store, ("ines", "jonah"))
        checks.write(store)
        topics.write(store)
        reports.write(store)
        groups.write(store)
        conversations.write(store, signed_in=("ines", "jonah"))
    checks.queue(store)
    accounts.recompute_trust(user_ids=list(store.users.values()), now=now)
    topics.count(store)
    feeds.count(store)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with transaction.atomic():
        pool.write(store.operator, now=now)
        money.write({person.handle: key for person, key in store.users.items()}, now=now)
    return True


def introduce(path: Path) -> None:
    """Write down who one can sign in as, for `up` to print."""
    lines = [f"  {account.role:<9} {account.email:<24} {account.password}" for account in people.ACCOUNTS]
    path.write_text("Sign in as one of the demo accounts:\n" + "\n".join(lines) + "\n", encoding="utf-8")
