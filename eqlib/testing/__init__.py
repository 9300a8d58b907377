"""What eqlib uses on itself, for its users: `check` and its reports, `prove`, subjects, laws, the conformance suite."""

import importlib as _importlib
from typing import Any as _Any

from eqlib.testing.checking import assert_equivariant as assert_equivariant
from eqlib.testing.checking import check as check
from eqlib.testing.elements import Element as Element
from eqlib.testing.exact.proof import Decision as Decision
from eqlib.testing.exact.proof import Proof as Proof
from eqlib.testing.profile import Profile as Profile
from eqlib.testing.proving import prove as prove
from eqlib.testing.replaying import replay as replay
from eqlib.testing.report import Diagnosis as Diagnosis
from eqlib.testing.report import Finding as Finding
from eqlib.testing.report import NotEquivariant as NotEquivariant
from eqlib.testing.report import Report as Report
from eqlib.testing.report import Verdict as Verdict

# What needs a package that the library does without: where it is, and the package.
_OPTIONAL = {
    "equivariant": ("eqlib.testing.decorator", "equivariant", "pytest"),
    "strategies": ("eqlib.testing.strategies", None, "hypothesis"),
}


def __getattr__(name: str) -> _Any:
    """Loads what needs pytest or Hypothesis when it is first used."""
    if name not in _OPTIONAL:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, member, package = _OPTIONAL[name]
    try:
        loaded = _importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise ImportError(
            f"eqlib.testing.{name} needs {package}, which is not installed: pip install {package}"
        ) from None
    return loaded if member is None else getattr(loaded, member)
