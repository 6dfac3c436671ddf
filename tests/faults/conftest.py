"""The market of the fault tests: started once, healthy between tests."""

from collections.abc import Iterator

import pytest

from tests.faults.rig import Rig, running


@pytest.fixture(scope="session")
def whole_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with running(Rig(tmp_path_factory.mktemp("market"))) as made:
        yield made


@pytest.fixture
def rig(whole_rig: Rig) -> Iterator[Rig]:
    whole_rig.heal()
    whole_rig.people = whole_rig.new_people()  # access tokens live ten minutes
    yield whole_rig
    whole_rig.heal()
