"""A law of algorithms: an op loses no more digits than its mathematics makes it lose.

The bounds of the other laws are derived from the op's own program, so that a careless algorithm (a difference of large
numbers for a small one) is allowed more. The condition of the function knows nothing of the program.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.condition import size_of_copies
from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.judgement import require_within
from eqlib.testing.subject import Subject

# How many roundings an op may add to the one of its inputs and the one of its output. The worst of eqlib's adds 2.3 (a
# radial basis close to its end), a sum of n terms some root of n; a digit that is lost for no reason makes 10.
STABLE = 8.0

_EPS32 = float(np.finfo(np.float32).eps)
_OUT_OF_RANGE = ("tiny", "large")  # of float32, once raised to the degree of the op


def is_stable(subject: Subject) -> None:
    """In float32 the error is at most 8 eps (|J| |x| + |f(x)|), J the Jacobian: what rounding x and f(x) would do.

    The error of each copy of an irrep is measured by the largest component, since rotations mix them; the truth is the
    op in float64.
    """
    condition = _with_condition(subject)
    for case, operands in subject.adversities().items():
        if case in _OUT_OF_RANGE:
            continue
        narrow = [x.astype(np.float32) for x in operands]
        got = np.asarray(subject.compiled(*narrow).array, np.float64)
        if not got.size:
            continue
        want, conditioned = map(np.asarray, condition(*(x.array.astype(np.float64) for x in narrow)))
        allowed = STABLE * _EPS32 * size_of_copies(jax.eval_shape(subject, *narrow).irreps, conditioned)
        require_within(allowed, subject, "loses digits that its inputs determine", got, want, case=case)


@functools.cache
def _with_condition(subject: Subject) -> Callable[..., Any]:
    """f with its condition |J| |x| + |f|, as a function of arrays."""
    irreps = [x.irreps for x in subject.draw()]

    def f(*arrays: Any) -> Any:
        return subject(*(IrrepsArray(i, x) for i, x in zip(irreps, arrays, strict=True))).array

    def with_condition(*arrays: Any) -> tuple[Any, Any]:
        z, jacobians = f(*arrays), jax.jacfwd(f, argnums=tuple(range(len(arrays))))(*arrays)
        moved = [jnp.tensordot(jnp.abs(j), jnp.abs(x), x.ndim) for j, x in zip(jacobians, arrays, strict=True)]
        return z, sum(moved, jnp.abs(z))

    return jit_with_least_effort(with_condition)
