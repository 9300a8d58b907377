"""How accurate a subject is: the bound that its laws allow for rounding, from an analysis of its own program."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.effort import jit_with_least_effort
from eqlib.testing.rounding import with_rounding
from eqlib.testing.subject import Subject

EPS = float(np.finfo(np.float64).eps)


def rounding(
    subject: Subject,
    operands: Sequence[IrrepsArray],
    errors: Sequence[Any] | None = None,
    eps: float = EPS,
) -> Float[np.ndarray, "..."]:
    """A bound on the rounding of each entry of subject(*operands), as `with_rounding` derives it.

    Shape:  leading axes of the operands broadcast; `errors` are bounds on the errors of the operands, of their shapes.
    Scale:  that of the result; two evaluations by different orders of summation differ by at most twice the bound.
    """
    return value_and_rounding(subject, operands, errors, eps)[1]


def value_and_rounding(
    subject: Subject, operands: Sequence[IrrepsArray], errors: Sequence[Any] | None = None, eps: float = EPS
) -> tuple[Float[np.ndarray, "*shape"], Float[np.ndarray, "*shape"]]:
    """The result in float64, sample by sample, and the bound on its rounding in arithmetic of unit `eps`."""
    arrays = [np.asarray(x.array, np.float64) for x in operands]
    errors = [np.zeros_like(x) for x in arrays] if errors is None else [np.asarray(e) for e in errors]
    sample = len(subject.sample) + 1
    leading = np.broadcast_shapes(*(x.shape[:-sample] for x in arrays))
    spread = [np.broadcast_to(x, (*leading, *x.shape[x.ndim - sample :])) for x in (*arrays, *errors)]
    of_one = _of_one_sample(subject)
    found = [of_one(eps, *(x[index] for x in spread)) for index in np.ndindex(*leading)]
    if not found:
        return np.zeros(()), np.zeros(())
    values, bounds = (np.stack([np.asarray(pair[n]) for pair in found]) for n in range(2))
    return tuple(x.reshape(*leading, *x.shape[1:]) for x in (values, bounds))


@functools.cache
def _of_one_sample(subject: Subject) -> Callable[..., Any]:
    irreps = [x.irreps for x in subject.draw()]

    def f(*arrays: Any) -> Any:
        return subject(*(IrrepsArray(i, a) for i, a in zip(irreps, arrays, strict=True))).array

    def analysed(eps: Any, *arrays_and_errors: Any) -> Any:
        count = len(irreps)
        return with_rounding(f, arrays_and_errors[:count], arrays_and_errors[count:], eps)

    return jit_with_least_effort(analysed)
