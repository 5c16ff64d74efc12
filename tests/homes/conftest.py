"""What the tests of several homes share: machines of their own for Dask."""

import pytest

from .machines import Machines


@pytest.fixture
def machines():
    made = Machines()
    yield made
    for program in made.programs:
        program.end()
