"""The socket, from outside: a real server, a real WebSocket."""

import pytest
from websockets.exceptions import InvalidStatus

from creators.models import Follow
from planet.realtime import publish, revoke
from tests.cast import Cast
from tests.factories import make_creator
from tests.realtime.conftest import Start
from tests.realtime.tab import Server, until


def _status(refused: pytest.ExceptionInfo[InvalidStatus]) -> int:
    return refused.value.response.status_code


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://localhost.evil.example:8000"])
def test_a_page_of_another_site_cannot_open_a_socket(server: Server, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, server.dial(origin=origin):
        pass
    assert _status(refused) == 403
    assert server.sockets() == 0


def test_outside_production_the_site_answers_to_any_name_of_the_machine(server: Server) -> None:
    with server.tab(origin="http://127.0.0.1:8000") as tab:
        assert tab.epoch


def test_only_one_path_is_a_socket(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused, server.dial(path="/elsewhere/"):
        pass
    assert _status(refused) == 403


def test_a_guest_hears_public_topics(server: Server) -> None:
    with server.tab() as tab:
        tab.subscribe("everyone")
        publish("everyone", "post", {"id": 7}, html="<b>ü</b>")
        heard = tab.hear()
    assert (heard["t"], heard["k"], heard["d"], heard["h"]) == ("everyone", "post", {"id": 7}, "<b>ü</b>")


def test_a_person_hears_their_own_channel_and_nobody_elses(server: Server, cast: Cast) -> None:
    bobs, charlies = f"user:{cast.bob.pk}", f"user:{cast.charlie.pk}"
    with server.tab(cast.browser(cast.bob)) as bob:
        answers = bob.subscribe(bobs, charlies)
        assert {(answer["t"], answer["k"]) for answer in answers} == {(bobs, "sub"), (charlies, "denied")}
        publish(charlies, "notification", {"secret": True})
        publish(bobs, "notification", {"unread": 1})
        assert bob.hear()["d"] == {"unread": 1}
        assert bob.hear_all() == []


@pytest.mark.parametrize(
    "topic",
    [
        "club:{alice}",
        "club:0198c0de-0000-7000-8000-000000000000",
        "club:not-an-id",
        "nosuch:1",
        "everyone:1",
        "open:" + "x" * 99,
        "open:a\nb",
        "",
        "*",
        "place:{alice}",
    ],
)
def test_a_forged_subscription_is_denied_alike_and_hears_nothing(server: Server, cast: Cast, topic: str) -> None:
    topic = topic.format(alice=cast.alice.pk)
    with server.tab(cast.browser(cast.charlie)) as charlie:
        assert charlie.subscribe(topic) == [{"k": "denied", "t": topic}]
        publish(f"club:{cast.alice.pk}", "post", {"secret": True})
        publish(f"place:{cast.alice.pk}", "post", {"secret": True})
        assert charlie.hear_all() == []


def test_a_guest_is_denied_what_needs_an_account(server: Server, cast: Cast) -> None:
    with server.tab() as guest:
        assert [m["k"] for m in guest.subscribe(f"user:{cast.bob.pk}", "nearby")] == ["denied", "denied"]


def test_a_cookie_that_is_nobodys_makes_a_guest(server: Server, cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    browser.cookies["sessionid"] = "f" * 32
    with server.tab(browser) as tab:
        assert tab.subscribe(f"user:{cast.bob.pk}")[0]["k"] == "denied"


def test_a_changed_password_ends_what_its_sessions_may_hear(server: Server, cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    cast.bob.set_password("another horse entirely")
    cast.bob.save()
    with server.tab(browser) as tab:
        assert tab.subscribe(f"user:{cast.bob.pk}")[0]["k"] == "denied"


def test_revoking_a_topic_cuts_it_and_nothing_else(server: Server, cast: Cast) -> None:
    club = f"club:{cast.alice.pk}"
    with server.tab(cast.browser(cast.bob)) as bob:
        bob.subscribe(club, "everyone")
        revoke(cast.bob.pk, club)
        assert bob.hear() == {"k": "denied", "t": club}
        publish(club, "post", {"secret": True})
        publish("everyone", "post", {"id": 1})
        assert [(m["t"], m["d"]) for m in bob.hear_all()] == [("everyone", {"id": 1})]


def test_signing_out_closes_every_socket_of_the_person_and_no_other(server: Server, cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    with server.tab(browser) as first, server.tab(browser) as second, server.tab() as guest:
        browser.logout()
        revoke(cast.bob.pk)
        assert (first.closing(), second.closing()) == (4403, 4403)
        assert guest.hear_all() == []
    with server.tab(browser) as again:
        assert again.subscribe(f"user:{cast.bob.pk}")[0]["k"] == "denied"


def test_a_revocation_that_was_not_heard_ends_at_the_next_check(start: Start, cast: Cast) -> None:
    server = start(recheck_seconds=0)
    club = f"club:{cast.alice.pk}"
    browser = cast.browser(cast.bob)
    with server.tab(browser) as bob, server.tab(browser) as signed_out:
        bob.subscribe(club)
        Follow.objects.filter(follower=cast.bob, creator=cast.alice).delete()
        assert bob.hear() == {"k": "denied", "t": club}
        browser.logout()
        assert signed_out.closing() == 4403


def test_leaving_a_topic_ends_its_events(server: Server) -> None:
    with server.tab() as tab:
        tab.subscribe("open:a", "open:b")
        tab.say({"op": "unsub", "topics": ["open:a", "open:never"]})
        tab.hear_all()
        publish("open:a", "post")
        publish("open:b", "post")
        assert [m["t"] for m in tab.hear_all()] == ["open:b"]


def test_a_derived_topic_reaches_those_whom_its_audience_names(server: Server, cast: Cast) -> None:
    dave = make_creator("dave")
    Follow.objects.create(follower=cast.charlie, creator=dave)
    with server.tab(cast.browser(cast.bob)) as bob, server.tab(cast.browser(cast.charlie)) as charlie:
        for tab in (bob, charlie):
            tab.subscribe("nearby")
        publish(f"place:{cast.alice.pk}", "post", {"of": "alice"})
        publish(f"place:{dave.pk}", "post", {"of": "dave"})
        assert (bob.hear()["d"], charlie.hear()["d"]) == ({"of": "alice"}, {"of": "dave"})


def test_events_arrive_in_order_and_one_render_is_one_frame(server: Server) -> None:
    with server.tab() as tab:
        tab.subscribe("open:a")
        for number in range(50):
            publish("open:a", "n", {"n": number}, html=f"<p>{number}</p>")
        heard = [tab.hear() for _ in range(50)]
    assert [m["d"]["n"] for m in heard] == list(range(50))
    assert [m["h"] for m in heard] == [f"<p>{n}</p>" for n in range(50)]


@pytest.mark.parametrize("size", [100, 125, 126, 65_000, 65_530, 65_600])
def test_frames_of_every_size_are_well_formed(server: Server, size: int) -> None:
    html = "x" * (size - 32)  # the body without its id is `size` bytes
    with server.tab() as tab:
        tab.subscribe("open:a")
        publish("open:a", "n", html=html)
        assert tab.hear()["k"] == ("n" if size < 65_536 else "gap")


def test_health_and_counters_are_served_beside_the_sockets(server: Server) -> None:
    with server.tab():
        assert server.get("/healthz")[0] == 200
        assert b"planet_realtime_sockets 1.0" in server.get("/metrics")[1]
        assert server.get("/")[0] == 404
    until(lambda: server.sockets() == 0, "the socket is forgotten")
