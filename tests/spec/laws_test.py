"""Every specification lists the laws of its functions, and the text explains them."""

from importlib import import_module
from pathlib import Path

import pytest

from spec import o3


@pytest.mark.parametrize("path", sorted(Path(o3.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_every_law_is_explained(path):
    """`LAWS` names functions of its module, and laws that spec/README.md explains."""
    if path.stem not in ("__init__", "rotation"):
        module, readme = import_module(f"spec.{path.stem}"), path.with_name("README.md").read_text()
        assert module.LAWS
        for function, laws in module.LAWS.items():
            assert callable(getattr(module, function)) and laws
            for law in laws:
                assert f"| {law} |" in readme, f"spec/README.md does not explain {law!r}"
