"""What the tests and the examples in the docstrings share: precision as a user sees it, and examples that repeat."""

from collections.abc import Iterator

import jax
import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("deep", deadline=None, max_examples=1000)  # pytest --hypothesis-profile=deep -m deep
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def precision_of_the_examples(request: pytest.FixtureRequest) -> Iterator[None]:
    """Examples print what a user gets, whose JAX has 64-bit types off; tests/conftest.py turns them on for tests."""
    if isinstance(request.node, pytest.DoctestItem):
        with jax.enable_x64(False):
            yield
    else:
        yield
