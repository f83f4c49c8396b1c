"""What browsers report: what is new and true is taken once, everything else is refused."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from planet.engagement import beacons, impressions, stream
from planet.engagement.models import Place
from tests.engagement.conftest import GUEST, SESSION, Shown, things

VISITOR = beacons.Visitor(person=SESSION, guest=GUEST, address=lambda: "192.0.2.7")
NOW = 1_800_000_000.0


def receive(body: bytes, *, now: float = NOW, visitor: beacons.Visitor = VISITOR) -> dict[str, int]:
    return dict(beacons.receive(body, visitor=visitor, key=impressions.key(), now=now))


def page(count: int = 3, **options: Any) -> Shown:
    return Shown(things(count), served=options.pop("served", NOW - 60), **options)


def test_a_report_is_taken_and_waits_in_the_stream() -> None:
    shown = page(place=Place.TOPIC)
    assert receive(shown.body((0, 4000), (2, 1500))) == {"taken": 1}

    ((_, entry, fresh),) = stream.after("0-0", 10)
    at, _, viewer, place, is_guest, count = stream.HEADER.unpack_from(entry)
    assert (at, viewer, place, is_guest, count) == (int(NOW * 1000), shown.viewer.bytes, 3, 0, 2)  # type: ignore[union-attr]
    reports = list(stream.REPORT.iter_unpack(entry[stream.HEADER.size :]))
    assert [(item, ms) for item, ms, _ in reports] == [(0, 4000), (2, 1500)]
    assert reports[1][2] == shown.items[2][0].bytes + shown.items[2][1].bytes
    assert fresh == 0b101


def test_only_the_first_report_of_an_item_is_an_impression() -> None:
    shown = page()
    receive(shown.body((0, 1000)))
    receive(shown.body((0, 1000), (1, 1000)), now=NOW + 10)
    assert [fresh for _, _, fresh in stream.after("0-0", 10)] == [0b1, 0b10]


def test_several_pages_come_in_one_beacon() -> None:
    one, two = page(), page()
    both = json.loads(one.body((0, 1000))) + json.loads(two.body((1, 1000)))
    assert receive(json.dumps(both).encode()) == {"taken": 2}


def test_the_same_beacon_twice_counts_once() -> None:
    body = page().body((0, 1000))
    assert receive(body) == {"taken": 1}
    assert receive(body, now=NOW + 30) == {"replay": 1}
    assert stream.waiting() == 1


def test_a_beacon_that_was_overtaken_is_refused() -> None:
    shown = page()
    receive(shown.body((0, 1000), seq=5))
    assert receive(shown.body((0, 1000), seq=4), now=NOW + 30) == {"replay": 1}


def test_the_same_page_twice_in_one_beacon_counts_once() -> None:
    shown = page()
    twice = json.loads(shown.body((0, 1000))) + json.loads(shown.body((0, 1000)))
    assert receive(json.dumps(twice).encode()) == {"taken": 1, "malformed": 1}


def test_nobody_has_looked_for_longer_than_the_page_is_old() -> None:
    shown = page(served=NOW - 5)
    assert receive(shown.body((0, 20_000))) == {"clock": 1}
    assert receive(shown.body((0, 5_000))) == {"taken": 1}


def test_time_is_given_out_once() -> None:
    """A report may claim what has passed since the last one, and a little for the network; not again and again."""
    shown = page(served=NOW - 10)
    assert receive(shown.body((0, 10_000))) == {"taken": 1}
    taken = 0
    for step in range(1, 21):
        taken += receive(shown.body((0, 2_000)), now=NOW + step / 10).get("taken", 0)
    assert taken <= (2 + stream.SLACK_MS / 1000) / 2


def test_a_report_may_come_a_little_earlier_than_its_time() -> None:
    shown = page(served=NOW - 10)
    receive(shown.body((0, 10_000)))
    assert receive(shown.body((0, 10_000)), now=NOW + 8) == {"taken": 1}
    assert receive(shown.body((0, 10_000)), now=NOW + 20) == {"taken": 1}


@pytest.mark.parametrize(("served", "outcome"), [(NOW - 13 * 3600, "old"), (NOW + 3600, "early"), (NOW + 2, "taken")])
def test_a_page_of_another_time_is_refused(served: float, outcome: str) -> None:
    assert receive(page(served=served).body((0, 100))) == {outcome: 1}


def test_another_viewers_page_is_refused() -> None:
    shown = page(cookie=b"somebody else's session")
    assert receive(shown.body((0, 1000))) == {"forged": 1}
    assert stream.waiting() == 0


def test_a_true_page_beside_a_forged_one_still_counts() -> None:
    forged, true = page(cookie=b"somebody else"), page()
    both = json.loads(forged.body((0, 1000))) + json.loads(true.body((0, 1000)))
    assert receive(json.dumps(both).encode()) == {"forged": 1, "taken": 1}


def test_an_item_that_is_not_on_the_page_is_refused() -> None:
    assert receive(page(3).body((3, 1000))) == {"malformed": 1}


def test_an_item_twice_in_one_report_is_refused() -> None:
    assert receive(page(3).body((1, 1000), (1, 1000))) == {"malformed": 1}


TOKEN = page().token
MALFORMED = [
    b"", b"{}", b"[]", b"null", b"[[]]", b"[[1,2,3]]", b"\xff\xfe", b"[" * 5000, b'["a","b"]', b"\x00" * 100,
    json.dumps([[TOKEN, 1, []]]), json.dumps([[TOKEN, 0, [[0, 1]]]]), json.dumps([[TOKEN, -1, [[0, 1]]]]),
    json.dumps([[TOKEN, 1, [[-1, 1]]]]), json.dumps([[TOKEN, 1, [[0, -5]]]]), json.dumps([[TOKEN, 1, [[0, 60_001]]]]),
    json.dumps([[TOKEN, 1, [[0, 1.5]]]]), json.dumps([[TOKEN, 1, [["0", 1]]]]), json.dumps([[TOKEN, 1, [[0, 1, 2]]]]),
    json.dumps([[TOKEN, 1, [[30, 1]]]]), json.dumps([[TOKEN, 2**70, [[0, 1]]]]), json.dumps([[TOKEN, 1, [[0, 2**63]]]]),
    json.dumps([[TOKEN, 1, [[0, 1]] * 31]]), json.dumps([[TOKEN, 1, [[0, 1]]]] * 9),
    json.dumps([["x" * 9000, 1, [[0, 1]]]]),
    json.dumps({"pages": [[TOKEN, 1, [[0, 1]]]]}), b'[["' + TOKEN.encode() + b'",1,[[0,NaN]]]]',
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_no_browser_of_ours_sends_is_refused_whole(body: str | bytes) -> None:
    assert receive(body.encode() if isinstance(body, str) else body) == {"malformed": 1}
    assert stream.waiting() == 0


@pytest.mark.parametrize("token", ["", "AAAA", "%%%", "é" * 40, TOKEN[:-4] + "AAAA", TOKEN[4:], TOKEN * 1 + "A" * 44])
def test_a_token_that_we_did_not_make_is_forged(token: str) -> None:
    assert receive(json.dumps([[token, 1, [[0, 1]]]]).encode()) == {"forged": 1}


def test_a_person_sends_so_many_beacons_a_minute_and_no_more() -> None:
    viewer = uuid4()
    outcomes = [receive(page(viewer=viewer).body((0, 10))) for _ in range(beacons.A_MINUTE + 5)]
    assert outcomes.count({"taken": 1}) == beacons.A_MINUTE
    assert outcomes[-1] == {"rate": 1}
    assert receive(page(viewer=uuid4()).body((0, 10))) == {"taken": 1}


def test_guests_are_counted_by_their_address_not_by_cookies_they_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beacons, "A_MINUTE_FROM", 3)
    outcomes = [receive(page(viewer=None).body((0, 10))) for _ in range(4)]
    assert outcomes[-1] == {"rate": 1}


def test_what_is_remembered_of_a_page_is_forgotten_with_it() -> None:
    from django_redis import get_redis_connection

    shown = Shown(things(1), served=time.time() - beacons.OLDEST + 100)
    shown.report((0, 10))
    (key,) = get_redis_connection("default").keys("{attention}:page:*")
    assert 0 < get_redis_connection("default").ttl(key) <= 160
