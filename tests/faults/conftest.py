"""One whole Planet for all faults: each test ends with everything working again."""

from collections.abc import Iterator

import pytest

from tests.faults.planet import Planet, running


@pytest.fixture(scope="session")
def planet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planet]:
    """A Planet that is up."""
    with running(tmp_path_factory.mktemp("faults") / "var") as one:
        yield one
