"""Whether a function is the same program each time that JAX traces it.

A random number of NumPy, a clock or a counter that it reads is a constant of the program, and another in the next.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal

from eqlib.testing.inlined import closed
from eqlib.testing.loops import called
from eqlib.testing.program import Program
from eqlib.testing.source import line_of
from eqlib.testing.targets import line_in_user_code

STEADY = "Put a module into evaluation mode, fix its seed, or give it a state that it does not change."


class _Step(NamedTuple):
    """An equation, and what must be the same of it: name, shapes and settings, and numbers."""

    name: str
    form: str
    numbers: list[Any]
    line: str

    def same(self, other: "_Step") -> bool:
        pairs = zip(self.numbers, other.numbers, strict=False)
        return self[:2] == other[:2] and len(self.numbers) == len(other.numbers) and all(_same(*pair) for pair in pairs)


class AnotherProgram(Exception):
    """A function raises when it is traced once more; the message says what, and where."""


def changes(program: Program) -> str | None:
    """The operation, and its line, at which two traces of a program differ first; None if they do not."""
    try:
        return differ(program.traced_in(np.float64).jaxpr, retraced(lambda: _anew(program)))
    except AnotherProgram as error:
        return str(error)


def retraced(trace: Callable[[], ClosedJaxpr]) -> ClosedJaxpr:
    """Another trace of a function that has been traced without an error.

    Raises: AnotherProgram if it raises now.
    """
    try:
        return trace()
    except Exception as error:  # a function may raise anything
        at = line_in_user_code(error)
        what = f"{type(error).__name__}{f' at {at}' if at else ''}, which it did not raise before"
        raise AnotherProgram(what) from error


def differ(one_trace: ClosedJaxpr, another: ClosedJaxpr) -> str | None:
    """The operation, and its line, at which two traces differ first; None if they do not."""
    first, second = list(_steps(one_trace)), list(_steps(another))
    for one, other in zip(first, second, strict=False):
        if not one.same(other):
            return f"{one.name} at {one.line}"
    return None if len(first) == len(second) else "the number of operations"


def another_program(where: str) -> tuple[str, str]:
    """What to say of a function whose traces differ there, and what to write."""
    return f"the function is another program each time that JAX traces it: first in {where}.", STEADY


def _anew(program: Program) -> ClosedJaxpr:
    def call(*arrays: Any) -> Any:  # a function of its own, since JAX remembers the traces of one that it has seen
        return program.call(*arrays)

    return jax.make_jaxpr(call)(*program.arrays)


def _steps(program: ClosedJaxpr) -> Iterator[_Step]:
    constants = dict(zip(program.jaxpr.constvars, program.consts, strict=True))

    def numbers(atoms: Any) -> list[Any]:
        return [a.val if isinstance(a, Literal) else constants.get(a) for a in atoms]

    for eqn in program.jaxpr.eqns:
        settings = [value for _, value in sorted(eqn.params.items()) if _is_number(value)]
        form = f"{[v.aval for v in eqn.outvars]} {settings}"
        yield _Step(eqn.primitive.name, form, numbers(eqn.invars), line_of(eqn))
        for inner in called(eqn.params):
            yield from _steps(closed(inner))
    yield _Step("a result", "", numbers(program.jaxpr.outvars), "the end of the function")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, tuple) and all(map(_is_number, value)))


def _same(x: Any, y: Any) -> bool:
    """Whether two numbers, arrays or keys are the same; None stands for what is computed."""
    if x is None or y is None:
        return x is y
    if hasattr(x, "dtype") and jax.dtypes.issubdtype(x.dtype, jax.dtypes.prng_key):
        x, y = jax.random.key_data(x), jax.random.key_data(y)
    x, y = np.asarray(x), np.asarray(y)
    return x.shape == y.shape and bool(np.all((x == y) | ((x != x) & (y != y))))
