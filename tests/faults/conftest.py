"""One whole Planet for all faults: each test ends with everything working again."""

from collections.abc import Iterator

import pytest

from tools.planet import Planet


@pytest.fixture(scope="session")
def planet() -> Iterator[Planet]:
    """A Planet that is up, with nobody in it."""
    with Planet(settings={"SEED_DEMO": "false", "WEB_WORKERS": "2"}) as one:
        yield one
