"""A mistyped address is refused wherever it has a checksum."""

import pytest

from planet.cashier.addresses import is_address
from tests.cashier.conftest import ETHEREUM, TRON

GOOD = {"ethereum": [ETHEREUM, ETHEREUM.lower(), "0x" + ETHEREUM[2:].upper()], "tron": [TRON]}
BAD = {
    "ethereum": [
        ETHEREUM.replace("A", "a", 1),
        ETHEREUM[:-1],
        ETHEREUM + "0",
        "0x" + "g" * 40,
        TRON,
        "",
        ETHEREUM + "\n",
    ],
    "tron": [TRON[:-1] + "u", TRON[:-1], "T" + "z" * 33, TRON.replace("7", "0"), ETHEREUM, "", "T" + "1" * 33],
}


@pytest.mark.parametrize("network", GOOD)
def test_a_good_address_is_taken(network: str) -> None:
    assert [one for one in GOOD[network] if not is_address(one, network)] == []


@pytest.mark.parametrize("network", BAD)
def test_a_wrong_address_is_refused(network: str) -> None:
    assert [one for one in BAD[network] if is_address(one, network)] == []
