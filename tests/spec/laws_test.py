"""Every specification lists the laws of its functions, and the text explains them."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import spec


@pytest.mark.parametrize("name", sorted(module.name for module in iter_modules(spec.__path__)))
def test_every_law_is_explained(name):
    """`LAWS` names functions of its module, and laws that spec/README.md explains."""
    module, readme = import_module(f"spec.{name}"), Path(spec.__file__).with_name("README.md").read_text()
    assert module.LAWS
    for function, laws in module.LAWS.items():
        assert callable(getattr(module, function)) and laws
        for law in laws:
            assert f"| {law} |" in readme, f"spec/README.md does not explain {law!r}"
