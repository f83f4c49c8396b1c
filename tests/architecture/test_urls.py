"""Every address of ours: its name resolves, it refuses what it does not do, and nobody without a right gets in."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from planet.config.env import ROOT
from tests.cast import Cast
from tests.factories import make_post

OURS = ("planet.", "creators.", "posts.", "groups.", "incentives.", "discover.")
# What everybody may read, signed in or not.
PUBLIC = {
    "asset", "block_states", "comment_thread", "comments_newer", "creator_start", "creators_suggested", "design",
    "dev_mail", "favicon", "feed_new", "followers", "following", "healthz", "home", "latest", "manifest", "media",
    "metrics", "post", "post_blocks", "post_history", "post_refresh", "preferences", "profile", "profile_tab",
    "quotes", "readyz", "robots", "search", "service_worker", "suggest", "topic", "trending",
    "asset_feed", "creator_feed", "oembed", "share_image", "sitemap", "sitemap_chunk", "topic_feed",
    "group_discover",
    "pool", "pool_policies", "pool_week", "pool_file",
    "article_cover", "article_picture", "post_picture", "post_video", "post_video_poster",
}  # fmt: skip
# Machines come with a signature instead of a session.
SIGNED = {
    "beacon", "digest_unsubscribe", "kyc_webhook", "exchange_webhook",
    "hook", "api_channels", "api_messages", "api_message_edit", "api_message_react",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A URL pattern of ours that has a name."""

    name: str
    pattern: URLPattern

    def path(self, post: uuid.UUID | None = None) -> str:
        """An address that fits the pattern; of things that do not exist unless they are given."""
        values = {
            "post_id": post or uuid.uuid4(),
            "comment_id": uuid.uuid4(),
            "block_id": uuid.uuid4(),
            "notification_id": uuid.uuid4(),
            "list_id": uuid.uuid4(),
            "tag_id": 1,
            "handle": "alice",
            "week": "2026-W46",
            "name": "something",
            "symbol": "SOL",
            "provider": "hosted",
            "tab": "live",
            "kind": "post",
            "key": "something",
            "version": "0",
            "form": "atom",
            "start": "something",
            "token": "something",
            "subscription_id": uuid.uuid4(),
            "tip_id": uuid.uuid4(),
            "withdrawal_id": uuid.uuid4(),
            "video_id": uuid.uuid4(),
            "draft_id": uuid.uuid4(),
            "group_id": uuid.uuid4(),
            "channel_id": uuid.uuid4(),
            "message_id": uuid.uuid4(),
            "attachment_id": uuid.uuid4(),
            "rule_id": 1,
            "user_id": uuid.uuid4(),
            "request_id": uuid.uuid4(),
            "link_id": 1,
            "role_id": 1,
            "bot_id": 1,
            "export_id": uuid.uuid4(),
            "position": 0,
            "revision": 0,
            "size": 480,
            "object_id": post or uuid.uuid4(),
        }
        return reverse(self.name, kwargs={name: values[name] for name in self.pattern.pattern.converters})


def _walk(patterns: "list[URLPattern | URLResolver]") -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        elif pattern.name and pattern.lookup_str.startswith(OURS) and ".admin" not in pattern.lookup_str:
            yield Address(pattern.name, pattern)


ADDRESSES = {address.name: address for address in _walk(get_resolver().url_patterns) if ":" not in address.name}


def test_a_name_gives_an_address_that_leads_back_to_it() -> None:
    astray = {name for name, address in ADDRESSES.items() if get_resolver().resolve(address.path()).url_name != name}
    assert astray == set()


def test_an_address_refuses_methods_that_it_does_not_have(cast: Cast) -> None:
    browser, post = cast.browser(cast.olga), make_post(cast.alice).pk
    answers = {
        (name, method): getattr(browser, method)(address.path(post)).status_code
        for name, address in ADDRESSES.items()
        for method in ("put", "patch", "delete")
    }
    assert {where: status for where, status in answers.items() if status not in (403, 404, 405)} == {}


def test_a_guest_is_asked_to_sign_in_or_turned_away(cast: Cast) -> None:
    post = make_post(cast.alice).pk
    let_in = []
    for name, address in ADDRESSES.items():
        for answer in (Client().get(address.path(post)), Client().post(address.path(post))):
            assert answer.status_code < 500, name
            shown = answer.status_code == 200 or (
                answer.status_code == 302 and "/accounts/login/" not in answer["Location"]
            )
            if shown and name not in PUBLIC:
                let_in.append((name, answer.status_code))
    assert let_in == []


def test_a_form_from_elsewhere_is_refused(cast: Cast) -> None:
    """A POST without our token: refused before the view, wherever a session counts."""
    browser, post = Client(enforce_csrf_checks=True), make_post(cast.alice).pk
    browser.force_login(cast.bob, "planet.accounts.backends.Backend")
    answers = {
        name: browser.post(address.path(post), {"on": "1", "text": "forged"}).status_code
        for name, address in ADDRESSES.items()
        if name not in SIGNED
    }
    assert {name: status for name, status in answers.items() if status not in (403, 405)} == {}


def test_every_address_is_visited_by_some_test() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py") if "architecture" not in path.parts)

    def visited(address: Address) -> bool:
        """By its name, or by the fixed parts of its path."""
        fixed = [part for part in re.split(r"<[^>]+>", str(address.pattern.pattern)) if part.strip("/@")]
        return f'"{address.name}"' in tests or all(part.strip("/") in tests for part in fixed)

    assert [name for name, address in ADDRESSES.items() if not visited(address)] == []


def test_templates_and_code_name_only_addresses_that_exist() -> None:
    every = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(
            p
            for hub in ("planet", "creators", "posts", "groups", "incentives", "discover")
            for p in (ROOT / hub).rglob("*.py")
        ),
    ]
    unknown = set()
    for path in files:
        text = path.read_text()
        for name in re.findall(r"""\{% url ["']([\w:-]+)["'] """, text) + re.findall(r'\breverse\("([\w:-]+)"', text):
            if ":" in name:
                _assert_namespaced(name)
            elif name not in every and not _resolves(name):
                unknown.add((str(path.relative_to(ROOT)), name))
    assert not unknown


def _resolves(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch as error:
        return "not a valid view function or pattern name" not in str(error)
    return True


def _assert_namespaced(name: str) -> None:
    namespace = name.split(":", maxsplit=1)[0]
    assert namespace in get_resolver().namespace_dict
