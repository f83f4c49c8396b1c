"""The Redis stream between the beacons and the database.

Its keys share a hash tag, so that one script may touch them on a cluster too. An entry is what one page reported at
one time: `e`, the bytes below, and `f`, a bit for each item of the page that was reported for the first time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from struct import Struct
from threading import local
from typing import Any, Final, cast

from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import NoScriptError

from planet.engagement.tokens import ITEM

STREAM: Final = "{attention}:events"
EPOCH: Final = "{attention}:epoch"
MOST_WAITING: Final = 1_000_000  # entries; should the drain stay away, the oldest go first
HEADER: Final = Struct(">qq16sBBB")  # when (ms), page, viewer, place, is guest, how many reports
REPORT: Final = Struct(f">BI{ITEM}s")  # index in the page, visible ms, content and creator
SLACK_MS: Final = 3000  # how much earlier than the last report a network may deliver this one

# Per page: how far its sequence has come, until when its time is spoken for, and which items were ever reported. So a
# report that comes twice, late, or claims more time than has passed since the last one, is refused; and all of a
# beacon costs one round trip.
_APPEND: Final = """
local used = redis.call('INCR', KEYS[2])
if used == 1 then redis.call('PEXPIRE', KEYS[2], 60000) end
if used > tonumber(ARGV[2]) then return {'rate'} end
local now, slack, answers = tonumber(ARGV[1]), tonumber(ARGV[4]), {}
for page = 3, #KEYS do
  local at = 5 + (page - 3) * 6
  local seq, longest, mask = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local state = redis.call('GET', KEYS[page])
  local last, spoken, seen = 0, tonumber(ARGV[at + 3]), 0
  if state then
    local a, b, c = string.match(state, '(%d+) (%d+) (%d+)')
    last, spoken, seen = tonumber(a), tonumber(b), tonumber(c)
  end
  if seq <= last then
    answers[page - 2] = 'replay'
  elseif spoken + longest > now + slack then
    answers[page - 2] = 'clock'
  else
    spoken = math.max(spoken + longest, now)
    local text = string.format('%.0f %.0f %.0f', seq, spoken, bit.bor(seen, mask))
    redis.call('SET', KEYS[page], text, 'PX', ARGV[at + 4])
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*',
               'e', ARGV[at + 5], 'f', string.format('%.0f', bit.band(mask, bit.bnot(seen))))
    answers[page - 2] = 'taken'
  end
end
return answers
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What one page reports at one time; `mask` has a bit for each item in it, `longest` is its largest time."""

    page: int
    seq: int
    longest: int
    mask: int
    served_ms: int
    keep_ms: int  # until the page's token is too old, so that nothing needs to be remembered
    entry: bytes


def append(reports: Sequence[Report], *, who: str, most_a_minute: int, now_ms: int) -> list[str]:
    """Append what is new and possible; says of each report `taken`, `replay` or `clock`, or `rate` for them all.

    Raises RedisError.
    """
    keys = [STREAM, f"{{attention}}:rate:{who}", *(f"{{attention}}:page:{report.page:x}" for report in reports)]
    values: list[Any] = [now_ms, most_a_minute, MOST_WAITING, SLACK_MS]
    for report in reports:
        values += (report.seq, report.longest, report.mask, report.served_ms, report.keep_ms, report.entry)
    answers = [answer.decode() for answer in _append(keys, values)]
    return answers * len(reports) if answers == ["rate"] else answers


_DIGEST: Final = sha1(_APPEND.encode(), usedforsecurity=False).hexdigest()
_thread = local()


def _append(keys: Sequence[str], values: Sequence[Any]) -> list[bytes]:
    """Run the script, by its digest once Redis knows it.

    Each thread keeps a connection of its own: taking one from the pool costs as much as checking the beacon.
    """
    client = getattr(_thread, "client", None)
    if client is None:
        pool = get_redis_connection("default").connection_pool
        client = _thread.client = Redis(connection_pool=pool, single_connection_client=True)
    try:
        answers = client.evalsha(_DIGEST, len(keys), *keys, *values)
    except NoScriptError:
        answers = client.eval(_APPEND, len(keys), *keys, *values)
    return cast("list[bytes]", answers)


def epoch(fresh: str) -> str:
    """The name of the stream as it is; `fresh` becomes it where there is none."""
    redis = get_redis_connection("default")
    redis.set(EPOCH, fresh, nx=True)
    return cast("bytes", redis.get(EPOCH)).decode()


def after(stream_id: str, count: int) -> list[tuple[str, bytes, int]]:
    """The next entries: id, bytes, and the bits of what was reported for the first time."""
    found: Iterable[Any] = get_redis_connection("default").xrange(STREAM, min=f"({stream_id}", count=count)
    return [(key.decode(), fields[b"e"], int(fields[b"f"])) for key, fields in found]


def forget(stream_id: str) -> None:
    """Remove all entries up to this one."""
    milliseconds, _, sequence = stream_id.partition("-")
    get_redis_connection("default").xtrim(STREAM, minid=f"{milliseconds}-{int(sequence) + 1}", approximate=False)


def waiting() -> int:
    """How many entries are still to be written."""
    return int(get_redis_connection("default").xlen(STREAM))
