"""Bots and webhooks: who may make them, what their tokens are good for, and what a denial leaves."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from groups.actions import bots, direct, inviting, joining, roles
from groups.actions.bots import Made
from groups.errors import Gone, NotAdmitted, NotAllowed, NotAMember, Outranked, TooMany
from groups.models import AutomodRule, Bot, Channel, Group, LogEntry, Membership, Message, Role
from groups.rights import Right
from groups.scopes import EVERYTHING, NONE, Scope
from groups.views import api, machines
from planet.accounts.models import User
from planet.web.ratelimits import Rate
from tests.cast import Cast
from tests.factories import make_group
from tests.groups.conftest import NOW, make_helper, write
from tests.together import THREADS, together


def made_bot(group: Group, scopes: Scope = EVERYTHING, name: str = "Price feed") -> Made:
    return bots.make_bot(actor=group.owner, group_id=group.pk, name=name, scopes=scopes, now=NOW)


def made_hook(group: Group, name: str = "Alerts") -> Made:
    channel = group.channels.get(root=None)
    return bots.make_webhook(actor=group.owner, group_id=group.pk, channel_id=channel.pk, name=name, now=NOW)


def call(token: str, name: str, *args: Any, said: Any = None, **query: Any) -> Any:
    """One call of the API: POST with something to say, else GET."""
    path, client = reverse(name, args=args), Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {token}"}
    if said is None:
        return client.get(path, query, headers=headers)
    raw = said if isinstance(said, bytes) else json.dumps(said)
    return client.post(path, raw, content_type="application/json", headers=headers)


def post_hook(token: str, said: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(reverse("hook", args=[token]), said, content_type="application/json")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["error"]["code"]


@pytest.fixture
def channel(group: Group) -> Channel:
    return group.channels.get(root=None)


# --- making and taking out --------------------------------------------------------------------------------------------


def test_a_bot_is_a_member_that_cannot_sign_in_and_its_token_is_not_stored(cast: Cast, group: Group) -> None:
    made = made_bot(group)
    user = made.bot.user
    assert user.is_bot
    assert not user.has_usable_password()
    assert user.email.endswith("@bots.invalid")
    assert Membership.objects.get(user=user).title == "Bot"
    assert made.token not in str(Bot.objects.values().get())
    assert LogEntry.objects.get().kind == "bot_added"
    assert cast.browser(user).get(reverse("groups")).status_code == 302


def test_only_whoever_looks_after_bots_makes_them(cast: Cast, group: Group) -> None:
    for actor, error in ((cast.bob, NotAllowed), (cast.charlie, NotAMember)):
        with pytest.raises(error):
            bots.make_bot(actor=actor, group_id=group.pk, name="Mine", scopes=EVERYTHING, now=NOW)
    assert not User.objects.filter(is_bot=True).exists()

    make_helper(group, cast.bob, Right.BOTS)
    assert bots.make_bot(actor=cast.bob, group_id=group.pk, name="Mine", scopes=EVERYTHING, now=NOW).token


def test_there_are_only_so_many(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bots, "MOST", 1)
    made_bot(group)
    with pytest.raises(TooMany):
        made_hook(group)
    assert User.objects.filter(is_bot=True).count() == 1


def test_a_webhook_is_for_a_channel_of_its_own_group(cast: Cast, group: Group) -> None:
    other = make_group(cast.charlie, "Other").channels.get()
    with pytest.raises(Gone):
        bots.make_webhook(actor=group.owner, group_id=group.pk, channel_id=other.pk, name="X", now=NOW)


def test_nobody_gets_hold_of_a_bot_of_their_own_rank(cast: Cast, group: Group) -> None:
    made = made_bot(group)
    role = make_helper(group, cast.bob, Right.BOTS)
    Membership.objects.filter(user=made.bot.user).update(role=role)
    for act in (bots.rotate, bots.revoke):
        with pytest.raises(Outranked):
            act(actor=cast.bob, group_id=group.pk, bot_id=made.bot.pk, now=NOW)
    assert call(made.token, "api_channels").status_code == 200


def test_what_is_rotated_or_revoked_is_good_for_nothing(group: Group) -> None:
    old = made_bot(group)
    new = bots.rotate(actor=group.owner, group_id=group.pk, bot_id=old.bot.pk, now=NOW)
    assert code(call(old.token, "api_channels")) == (401, "unauthorized")
    assert call(new.token, "api_channels").status_code == 200
    bots.revoke(actor=group.owner, group_id=group.pk, bot_id=old.bot.pk, now=NOW)
    assert code(call(new.token, "api_channels")) == (401, "unauthorized")
    assert not Membership.objects.filter(user=old.bot.user).exists()
    with pytest.raises(Gone):
        bots.revoke(actor=group.owner, group_id=group.pk, bot_id=old.bot.pk, now=NOW)
    assert list(LogEntry.objects.order_by("id").values_list("kind", flat=True)) == [
        "bot_added",
        "bot_rotated",
        "bot_removed",
    ]


def test_a_bot_is_in_one_group_is_written_to_by_nobody_and_keeps_its_mark(cast: Cast, group: Group) -> None:
    bot = made_bot(group).bot.user
    other = make_group(cast.bob, "Other")
    with pytest.raises(Gone):
        joining.join(actor=bot, group=other, now=NOW)
    with pytest.raises(NotAdmitted):
        inviting.invite(actor=cast.bob, group_id=other.pk, target=bot, now=NOW)
    with pytest.raises(Gone):
        direct.open_with(actor=cast.bob, person=bot, now=NOW)
    roles.set_title(actor=group.owner, group_id=group.pk, target=bot, title="Owner", now=NOW)
    assert Membership.objects.get(user=bot).title == "Bot"


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_moment_makes_one(cast: Cast, group: Group) -> None:
    errors = together(lambda _: made_bot(group))
    assert len(errors) == THREADS - 1
    assert Bot.objects.count() == User.objects.filter(is_bot=True).count() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_id_at_the_same_moment_is_written_once(cast: Cast, group: Group) -> None:
    token, seen = made_hook(group).token, []
    assert together(lambda _: seen.append(post_hook(token, {"text": "Once", "id": "1"}).status_code)) == []
    assert sorted(seen) == [200] * (THREADS - 1) + [201]
    assert Message.objects.count() == 1


# --- webhooks ---------------------------------------------------------------------------------------------------------


def test_a_webhook_writes_once_for_an_id_and_not_another_text(group: Group) -> None:
    made = made_hook(group)
    answers = [post_hook(made.token, {"text": text, "id": "7"}) for text in ("Up", "Up", "Down")]
    assert [answer.status_code for answer in answers] == [201, 200, 409]
    message = Message.objects.get()
    assert (message.text, message.author) == ("Up", made.bot.user)
    made.bot.refresh_from_db()
    assert made.bot.last_used_at


def test_an_unknown_or_revoked_address_is_nothing(group: Group) -> None:
    made, bot = made_hook(group), made_bot(group)
    bots.revoke(actor=group.owner, group_id=group.pk, bot_id=made.bot.pk, now=NOW)
    for token in (made.token, bot.token, "unknown"):
        assert code(post_hook(token, {"text": "Hi"})) == (404, "not_found")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"{", b"[" * 60_000, b"\xff", b'{"text": 1}', b'{"text": ""}', b'{"text": "a", "id": ""}',
     b'{"text": "a", "id": 3}', b'{"text": "\\ud800"}', b'{"text": "a", "reply_to": "x"}'],
    ids=["empty", "list", "broken", "deep", "bytes", "number", "nothing", "id_empty", "id_number", "surrogate",
         "reply"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(group: Group, said: bytes) -> None:
    assert code(post_hook(made_hook(group).token, said)) == (422, "invalid")
    assert not Message.objects.exists()


def test_what_is_too_large_is_refused(group: Group) -> None:
    token = made_hook(group).token
    assert code(post_hook(token, {"text": "a" * machines.MOST_BYTES})) == (413, "too_large")
    assert code(post_hook(token, {"text": "a" * 4001})) == (422, "invalid")


def test_whoever_writes_too_often_waits(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "WRITES", ("1/h",))
    token = made_hook(group).token
    assert post_hook(token, {"text": "One"}).status_code == 201
    answer = post_hook(token, {"text": "Two"})
    assert code(answer) == (429, "rate_limited")
    assert int(answer["Retry-After"]) > 0
    assert Message.objects.count() == 1


# --- the API ----------------------------------------------------------------------------------------------------------


def test_a_bot_lists_reads_writes_edits_and_reacts(cast: Cast, group: Group, channel: Channel) -> None:
    token = made_bot(group).token
    assert call(token, "api_channels").json()["channels"][0]["id"] == str(channel.pk)
    sent = call(token, "api_messages", channel.pk, said={"text": "BTC 1"}).json()
    assert sent["author"]["bot"]
    assert call(token, "api_message_edit", sent["id"], said={"text": "BTC 2"}).json()["text"] == "BTC 2"
    assert call(token, "api_message_react", sent["id"], said={"emoji": "👍"}).json()["reactions"] == {"👍": 1}
    off = call(token, "api_message_react", sent["id"], said={"emoji": "👍", "on": False})
    assert off.json()["reactions"] == {}


def test_what_changed_is_read_page_by_page(cast: Cast, group: Group, channel: Channel) -> None:
    token = made_bot(group).token
    for text in ("One", "Two", "Three"):
        write(cast.bob, group, text)
    first = call(token, "api_messages", channel.pk, limit=2).json()
    rest = call(token, "api_messages", channel.pk, limit=2, since=first["revision"]).json()
    assert [row["text"] for row in first["messages"] + rest["messages"]] == ["One", "Two", "Three"]
    assert (first["more"], rest["more"]) == (True, False)
    for wrong in ({"since": "-1"}, {"since": "9" * 30}, {"limit": 0}, {"limit": 201}, {"limit": "x"}):
        assert code(call(token, "api_messages", channel.pk, **wrong)) == (422, "invalid")


def test_reading_asks_as_much_of_one_message_as_of_many(
    cast: Cast, group: Group, channel: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    token = made_bot(group).token
    for n in range(10):
        write(cast.bob, group, f"{n}")
    with django_assert_max_num_queries(6):
        assert len(call(token, "api_messages", channel.pk).json()["messages"]) == 10


@pytest.mark.parametrize("scope", [Scope.READ, Scope.SEND, Scope.EDIT, Scope.REACT], ids=lambda scope: scope.name)
def test_a_token_is_good_for_its_scopes_alone(cast: Cast, group: Group, channel: Channel, scope: Scope) -> None:
    token, message = made_bot(group, EVERYTHING & ~scope).token, write(cast.bob, group)
    refused = {
        Scope.READ: lambda: call(token, "api_messages", channel.pk),
        Scope.SEND: lambda: call(token, "api_messages", channel.pk, said={"text": "x"}),
        Scope.EDIT: lambda: call(token, "api_message_edit", message.pk, said={"text": "x"}),
        Scope.REACT: lambda: call(token, "api_message_react", message.pk, said={"emoji": "👍"}),
    }[scope]()
    assert code(refused) == (403, "scope")
    message.refresh_from_db()
    assert (Message.objects.count(), message.text, message.reactions) == (1, "Is the leg filled?", {})


def test_another_group_is_nothing_and_others_words_are_theirs(cast: Cast, group: Group, channel: Channel) -> None:
    token, other = made_bot(group).token, make_group(cast.charlie, "Other")
    foreign, others = write(cast.charlie, other), write(cast.bob, group)
    assert code(call(token, "api_messages", other.channels.get().pk)) == (404, "not_found")
    assert code(call(token, "api_messages", uuid4(), said={"text": "x"})) == (404, "not_found")
    assert code(call(token, "api_message_react", foreign.pk, said={"emoji": "👍"})) == (404, "not_found")
    assert code(call(token, "api_message_edit", others.pk, said={"text": "x"})) == (403, "forbidden")
    assert code(call(token, "api_message_react", others.pk, said={"emoji": "no"})) == (422, "invalid")
    others.refresh_from_db()
    assert others.text == "Is the leg filled?"


def test_what_keeps_people_silent_keeps_bots_silent(cast: Cast, group: Group, channel: Channel) -> None:
    made = made_bot(group)

    def say(text: str = "Hi") -> Any:
        return call(made.token, "api_messages", channel.pk, said={"text": text})

    AutomodRule.objects.create(group=group, name="No", kind="words", setting={"words": ["scam"]}, by=group.owner)
    assert code(say("a scam")) == (422, "stopped")
    Group.objects.update(slow_seconds=60)
    assert say("first").status_code == 201
    assert code(say("second")) == (429, "slow_mode")
    Group.objects.update(frozen_at=NOW)
    assert code(say()) == (403, "read_only")
    joining.expel(group, made.bot.user)
    assert code(say()) == (404, "not_found")
    assert Message.objects.count() == 1


def test_without_a_bots_token_nobody_comes_in(cast: Cast, group: Group, channel: Channel) -> None:
    hook = made_hook(group).token
    for token in ("", "x", hook):
        assert code(call(token, "api_messages", channel.pk, said={"text": "x"})) == (401, "unauthorized")
    session = cast.browser(cast.alice.user).get(reverse("api_channels"))
    assert (code(session), session["WWW-Authenticate"]) == ((401, "unauthorized"), "Bearer")
    assert not Message.objects.exists()


def test_strangers_are_slowed_down(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "STRANGERS", (Rate.parse("1/h"),))
    assert code(call("x", "api_channels")) == (401, "unauthorized")
    assert code(call("x", "api_channels")) == (429, "rate_limited")


def test_another_method_is_refused_in_json(group: Group) -> None:
    answer = Client().put(reverse("api_channels"))
    assert (code(answer), answer["Allow"]) == ((405, "method"), "GET")


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_pages_are_for_whoever_has_the_right(cast: Cast, group: Group) -> None:
    paths = [
        reverse("group_bots", args=[group.handle]),
        reverse("group_bot", args=[group.handle, made_bot(group).bot.pk]),
    ]
    for path in paths:
        assert cast.browser(cast.alice.user).get(path).status_code == 200
        for user, status in ((cast.bob, 403), (cast.charlie, 404)):
            assert cast.browser(user).get(path).status_code == status
            assert cast.browser(user).post(path, {"revoke": "1", "rotate": "1"}).status_code == status
    assert Bot.objects.get().revoked_at is None
    assert LogEntry.objects.count() == 1


def test_a_token_is_shown_once_and_a_reload_makes_no_second_bot(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_bots", args=[group.handle])
    form = {"bot-name": "Prices", "bot-scopes": ["1", "2"]}
    answer = browser.post(path, form)
    token = answer.context["secret"]
    assert token in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert call(token, "api_channels").status_code == 200
    assert token not in browser.get(path).content.decode()
    assert browser.post(path, form).status_code == 422
    assert Bot.objects.get().scopes == 3


def test_a_webhook_is_made_renamed_rotated_and_revoked_by_its_page(cast: Cast, group: Group, channel: Channel) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_bots", args=[group.handle])
    made = browser.post(path, {"hook-name": "Alerts", "hook-channel_id": str(channel.pk)})
    old = made.context["secret"]
    assert Client().post(old, {"text": "Hi"}, content_type="application/json").status_code == 201
    one = reverse("group_bot", args=[group.handle, Bot.objects.get().pk])
    assert browser.post(one, {"name": "Alarm"}).status_code == 302
    assert Bot.objects.get().user.name == "Alarm"
    new = browser.post(one, {"rotate": "1"}).context["secret"]
    assert new != old
    assert Client().post(old, {"text": "Hi"}, content_type="application/json").status_code == 404
    assert browser.post(one, {"revoke": "1"}).status_code == 302
    assert browser.get(one).status_code == 404


def test_a_page_says_what_is_wrong_with_the_form(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_bots", args=[group.handle])
    wrong = ({"bot-name": "", "bot-scopes": "1"}, {"bot-name": "Prices"}, {"bot-name": "Planet", "bot-scopes": "1"},
             {"hook-name": "Prices", "hook-channel_id": str(uuid4())})  # fmt: skip
    assert [browser.post(path, form).status_code for form in wrong] == [422] * 4
    assert not Bot.objects.exists()


def test_nothing_to_change_writes_no_log(group: Group) -> None:
    made = made_hook(group)
    bots.change(actor=group.owner, group_id=group.pk, bot_id=made.bot.pk, name="Alerts", scopes=NONE, now=NOW)
    assert LogEntry.objects.count() == 1
    assert not Role.objects.filter(group=group, name="Bot").exists()
