"""A test of one line: it returns a layer, and passes if the layer is equivariant."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from eqlib.testing.checking import assert_equivariant


def equivariant(in_: Any, out: Any = None, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Makes a pytest test of a function that returns a function, layer or model: is that equivariant?

    The function may take fixtures and be parametrized, as any test. The arguments are those of `eqlib.testing.check`;
    how much is tried is said by `--eqlib-profile`, unless `profile` is given. The test has the marker `equivariance`.

    Law:    the test passes only if the verdict is ok.
    Raises: NotEquivariant, in the test, with the report; TypeError, in the test, if nothing is returned.
    Example:
        >>> import eqlib
        >>> @equivariant(in_=("1o", "1o"), out="1e")
        ... def test_cross():
        ...     return eqlib.cross
        >>> [mark.name for mark in test_cross.pytestmark]
        ['equivariance']
    """

    def decorate(make: Callable[..., Any]) -> Callable[..., None]:
        signature = inspect.signature(make)
        wants_request = "request" in signature.parameters

        @functools.wraps(make)
        def test(*args: Any, request: Any, **fixtures: Any) -> None:
            fn = make(*args, **fixtures, **({"request": request} if wants_request else {}))
            if fn is None:
                raise TypeError(
                    f"{make.__name__} returns None.\n  Return the function or layer to check: return layer."
                )
            profile = request.config.getoption("eqlib_profile", "ci")
            assert_equivariant(fn, in_, out, **{"profile": profile} | options)

        # pytest reads here which fixtures to give; `request` knows the command line.
        request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY)
        given = [p for p in signature.parameters.values() if p.name != "request"]
        test.__signature__ = signature.replace(parameters=[*given, request])  # pyright: ignore[reportAttributeAccessIssue]
        return pytest.mark.equivariance(test)

    return decorate
