"""Writes of traces: which browser, from where and when, and under which legal name; hashed before they are stored.

Whoever reads the database without its secrets cannot tell an address or a name from them, nor try them all out.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID

from django.db import connection

from planet.accounts import crypto
from planet.accounts.models import KycState, NameTrace

KEPT: Final = timedelta(days=56)
_BATCH: Final = 10_000
_BLOCK_BITS: Final = {4: 24, 6: 48}  # what one household, or one provider's exit, has of addresses

# One statement for both; without a block there is nothing to select for the second.
_VISITED: Final = """
WITH device AS (
    INSERT INTO accounts_devicetrace (user_id, device, first_on, last_on)
    VALUES (%(user)s, %(device)s, %(day)s, %(day)s)
    ON CONFLICT (device, user_id) DO UPDATE SET last_on = excluded.last_on
     WHERE accounts_devicetrace.last_on < excluded.last_on
)
INSERT INTO accounts_blocktrace (user_id, block, day, hours)
SELECT %(user)s, %(block)s::uuid, %(day)s, %(hour)s WHERE %(block)s::uuid IS NOT NULL
ON CONFLICT (block, day, user_id) DO UPDATE SET hours = accounts_blocktrace.hours | excluded.hours
 WHERE accounts_blocktrace.hours & excluded.hours = 0
"""
_FORGET: Final = (
    """DELETE FROM accounts_devicetrace WHERE id = ANY(ARRAY(
           SELECT id FROM accounts_devicetrace WHERE last_on < %(before)s ORDER BY last_on LIMIT %(most)s))""",
    """DELETE FROM accounts_blocktrace WHERE id = ANY(ARRAY(
           SELECT id FROM accounts_blocktrace WHERE day < %(before)s LIMIT %(most)s))""",
    """DELETE FROM accounts_nametrace WHERE user_id = ANY(ARRAY(
           SELECT t.user_id FROM accounts_nametrace t JOIN accounts_user u ON u.id = t.user_id
            WHERE u.kyc_state <> %(approved)s LIMIT %(most)s))""",
)


def visited(*, user_id: UUID, device: str, address: str, now: datetime) -> None:
    """Note the browser (what its cookie says) and the block of addresses, with the hour. Twice is once.

    An address that is nobody's on the internet (this machine, a proxy) says nothing, and is not noted.
    """
    block = block_of(address)
    values = {
        "user": user_id,
        "device": crypto.trace("device", device),
        "block": crypto.trace("block", block) if block else None,
        "day": now.date(),
        "hour": 1 << now.hour,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITED, values)


def block_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 address; empty for one that is not of the public internet."""
    ip = ip_address(address)
    if not ip.is_global:
        return ""
    return str(ip_network((ip, _BLOCK_BITS[ip.version]), strict=False))


def verified(*, user_id: UUID, legal_name: str, country: str) -> None:
    """Note the name of an approved identity check, in the transaction that approves it; the newest one stays."""
    if name := spelled(legal_name):
        hashed = crypto.name_trace(f"{country.upper()}\x1f{name}")
        NameTrace.objects.update_or_create(user_id=user_id, defaults={"name": hashed})


def spelled(name: str) -> str:
    """A name as it is compared: without accents, case, punctuation and the order of its parts."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return " ".join(sorted(re.findall(r"[^\W_]+", plain.casefold())))


def forget(*, now: datetime) -> int:
    """Delete what is older than KEPT, and names whose approval is over, in short statements; how many rows."""
    values: dict[str, Any] = {"before": (now - KEPT).date(), "approved": KycState.APPROVED, "most": _BATCH}
    gone = 0
    for statement in _FORGET:
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                gone += cursor.rowcount
                if cursor.rowcount < _BATCH:
                    break
    return gone
