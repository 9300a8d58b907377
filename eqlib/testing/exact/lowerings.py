"""A lowering computes its plan: its own program, run on exact numbers, against the meaning of the plan.

This ties what `contract` is taken for, everywhere else in this package, to what a device runs.
"""

from collections.abc import Sequence

import jax
import numpy as np

from eqlib.lowering.xla import compute
from eqlib.plan import Plan
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.exact.constants import Reading, of_surd
from eqlib.testing.exact.domain import Undecided
from eqlib.testing.exact.interpreter import Interpreter
from eqlib.testing.exact.moves import lifted
from eqlib.testing.exact.plans import evaluate
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import primes


def computes_its_plan(plan: Plan, lowering: str | None, leading: Sequence[tuple[int, ...]]) -> bool:
    """Whether a lowering, traced in float64, gives what the plan means, at a random point of two prime fields.

    leading   the leading axes of each input, the output's last; an extent of 1 in the output is summed over
    lowering  one of the names that `contract` takes, or None for the one that it chooses

    Law:    a wrong lowering passes with a probability below 2^-90, if the plan has a degree below 8.
    Raises: Undecided if a constant of the program is no coefficient of the plan, nor near a root of a small fraction.
    Example:
        >>> from eqlib.lowering.harmonics import plan_harmonics_step
        >>> computes_its_plan(plan_harmonics_step(3, "norm"), "straight_line", [(5,), (5,), (5,)])
        True
    """
    coefficients = [value * path.scale for path in plan.paths for _, value in path.coefficients.entries]
    reading = Reading(known={float(value): of_surd(value) for value in coefficients})
    domain = PrimeField(primes(2, 0), 0, reading)
    *of_inputs, of_output = leading
    shapes = [(*axes, size) for axes, size in zip(of_inputs, plan.sizes, strict=False)]
    inputs = [domain.symbols(shape) for shape in shapes]

    def program(*arrays: jax.Array) -> jax.Array:
        return compute(*arrays, plan=plan, leading=of_output, lowering=lowering, precision=jax.lax.Precision.HIGHEST)

    with double_precision():
        jaxpr = jax.make_jaxpr(program)(*(jax.ShapeDtypeStruct(shape, np.float64) for shape in shapes))
        (got,) = Interpreter(domain).run(jaxpr, inputs)
        want = evaluate(domain, plan, inputs, of_output)
        same = bool(domain.equal(lifted(domain, got), want).all())
    if not same and reading.unread:
        raise Undecided(f"the constants {list(reading.unread)[:3]} are no coefficients of the plan", "the lowering")
    return same
