"""Laws of numbers: agreement with the specification, no idle operand, dtypes, full precision."""

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.o3 import Irreps
from eqlib.testing.accuracy import rounding, value_and_rounding
from eqlib.testing.judgement import require, require_within
from eqlib.testing.subject import Subject


def agrees_with_spec(subject: Subject) -> None:
    """The op computes what its specification says: the same irreps in the same order, and the same numbers.

    Both round: the specification is granted what is derived for the op, for it sums the same terms.
    """
    what = "disagrees with its specification"
    for case, operands in subject.adversities().items():
        z = subject.compiled(*operands)
        given = [part for x in operands for part in (as_lists(x.irreps), np.asarray(x.array))]
        irreps, expected = subject.spec(*given)
        require(as_lists(z.irreps) == list(irreps), subject, what, got=z.irreps, want=irreps)
        bound = 2 * rounding(subject, operands)
        require_within(bound, subject, what, z.array, np.asarray(expected, np.float64).reshape(z.shape), case=case)


def as_lists(irreps: Irreps) -> list[tuple[int, int, int]]:
    """Irreps as the specifications write them: (multiplicity, degree, parity)."""
    return [(mul, ir.l, ir.p) for mul, ir in irreps]


def depends_on_every_operand(subject: Subject) -> None:
    """The result moves with each operand: what ignores one satisfies every law of symmetry in it, and says nothing."""
    operands, others = subject.draw(seed=3), subject.draw(seed=4)
    f = subject.compiled
    z = np.asarray(f(*operands).array)
    for n in range(len(operands)):
        moved = f(*(others[m] if m == n else x for m, x in enumerate(operands))).array
        require(not z.size or np.any(moved != z), subject, f"ignores operand {n}", got=moved)


def dtypes_are_preserved(subject: Subject) -> None:
    """The result has the dtype of the operands, and is accurate to the rounding of that dtype.

    The truth is the result in float64, whose own rounding is added; so what holds in float64 holds in every dtype.
    """
    for dtype in (np.float64, np.float32, jnp.bfloat16):
        operands = subject.draw((3,), dtype=dtype)
        z = subject.batched(*operands)
        require(z.dtype == dtype, subject, "changes the dtype", got=z.dtype, want=np.dtype(dtype))
        want, bound = value_and_rounding(subject, operands, eps=float(jnp.finfo(dtype).eps))
        got = np.asarray(z.array, np.float64)
        allowed = bound + rounding(subject, operands)
        require_within(allowed, subject, f"is inaccurate in {np.dtype(dtype)}", got, want)


def products_are_at_full_precision(subject: Subject) -> None:
    """No matrix product, forward or backward, may run at TF32: each carries the highest precision explicitly."""
    operands = subject.draw((2,), dtype=np.float32)
    f = jax.vmap(subject)
    every = tuple(range(len(operands)))
    gradient = jax.grad(lambda *xs: jnp.sum(f(*xs).array ** 2), argnums=every)
    for name, function in (("forward", f), ("backward", gradient)):
        text = jax.jit(function).lower(*operands).as_text()
        loose = [s.strip() for s in text.splitlines() if "dot_general" in s and "HIGHEST, HIGHEST" not in s]
        require(not loose, subject, f"leaves the precision of a {name} product open", dots=loose)
