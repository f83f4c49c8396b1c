"""Rows for tests, as small as they can be; each returns a saved model."""

import uuid
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from creators.models import Creator
from planet.accounts.models import KycState, User
from posts.models import Draft, Post

PASSWORD = "correct horse battery"


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def make_user(handle: str, **fields: Any) -> User:
    """A person who signed up and confirmed the e-mail address."""
    user = User.objects.create_user(fields.pop("email", f"{handle}@example.com"), handle, **fields)
    # Argon2 is slow on purpose; the same hash does for everybody.
    user.password = _hashed()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_creator(handle: str, **fields: Any) -> Creator:
    """A verified person with a creator profile."""
    name = fields.pop("display_name", handle.title())
    user = make_user(handle, kyc_state=KycState.APPROVED, is_creator=True, display_name=name)
    return Creator.objects.create(user=user, **fields)


def make_post(creator: Creator, text: str = "Funding on $SOL went negative.", **fields: Any) -> Post:
    """A published post, as a row: no tags, no notifications."""
    return Post.objects.create(creator=creator, client_id=uuid.uuid4(), text=text, **fields)


def make_draft(creator: Creator, text: str = "Not finished", **content: list[str]) -> Draft:
    """A draft that says this; more of the form's fields as `field=[values]`."""
    return Draft.objects.create(pk=uuid.uuid4(), creator=creator, content={"text": [text], **content})
