"""A lowering computes its plan, or its straight-line program: what it traces to is run on exact numbers.

This ties what `contract` and `evaluate` are taken for, everywhere else in this package, to what a device runs.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.array_types import Float
from eqlib.lowering.xla import compute
from eqlib.o3 import Surd
from eqlib.plan import Plan
from eqlib.plan.straight_line import StraightLine
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.exact.constants import Reading, of_surd
from eqlib.testing.exact.domain import Undecided, Value
from eqlib.testing.exact.interpreter import Interpreter
from eqlib.testing.exact.moves import lifted
from eqlib.testing.exact.plans import evaluate
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.exact.primes import primes
from eqlib.testing.exact.straight_lines import evaluate_program


def computes_its_plan(plan: Plan, lowering: str | None, leading: Sequence[tuple[int, ...]]) -> bool:
    """Whether a lowering, traced in float64, gives what the plan means, at a random point of two prime fields.

    leading   the leading axes of each input, the output's last; an extent of 1 in the output is summed over
    lowering  one of the names that `contract` takes, or None for the one that it chooses

    Law:    a wrong lowering passes with a probability below 2^-90, if the plan has a degree below 8.
    Raises: Undecided if a constant of the program is no coefficient of the plan, nor near a root of a small fraction.
    Example:
        >>> from eqlib.o3 import Irreps
        >>> from eqlib.ops.dot import plan_dot
        >>> _, plan = plan_dot(Irreps("1o + 2e"), False)
        >>> computes_its_plan(plan, "straight_line", [(5,), (5,), (5,)])
        True
    """
    *of_inputs, of_output = leading
    shapes = [(*axes, size) for axes, size in zip(of_inputs, plan.sizes, strict=False)]

    def program(*arrays: Float[jax.Array, "..."]) -> list[Float[jax.Array, "..."]]:
        precision = jax.lax.Precision.HIGHEST
        return [compute(*arrays, plan=plan, leading=of_output, lowering=lowering, precision=precision)]

    return _means(
        program,
        lambda domain, inputs: [evaluate(domain, plan, inputs, of_output)],
        shapes,
        [value * path.scale for path in plan.paths for _, value in path.coefficients.entries],
    )


def computes_its_program(
    program: StraightLine, lowering: Callable[..., list[Float[jax.Array, "..."]]], leading: Sequence[int]
) -> bool:
    """Whether one of the functions that `evaluate` is lowered by gives what a straight-line program means.

    Law:    as `computes_its_plan`.
    Raises: Undecided if a constant of the lowering is no factor of the program.
    Example:
        >>> from eqlib.lowering.xla_components import interleaved
        >>> from eqlib.plan.harmonics import harmonics_program
        >>> computes_its_program(harmonics_program((3,), "norm"), interleaved, [5])
        True
    """
    return _means(
        lambda *arrays: lowering(*arrays, program=program),
        lambda domain, inputs: evaluate_program(domain, program, inputs),
        [(*leading, size) for size in program.inputs],
        [step.factor for step in program.steps],
    )


def _means(
    lowered: Callable[..., list[Float[jax.Array, "..."]]],
    meaning: Callable[[PrimeField, list[Value]], list[Value]],
    shapes: Sequence[tuple[int, ...]],
    constants: Sequence[Surd],
) -> bool:
    """Whether a function of arrays of these shapes has a meaning, given the constants that it has."""
    reading = Reading(known={float(value): of_surd(value) for value in constants})
    domain = PrimeField(primes(2, 0), 0, reading)
    inputs = [domain.symbols(shape) for shape in shapes]
    with double_precision():
        jaxpr: Any = jax.make_jaxpr(lowered)(*(jax.ShapeDtypeStruct(shape, np.float64) for shape in shapes))
        got = Interpreter(domain).run(jaxpr, inputs)
        pairs = zip(got, meaning(domain, inputs), strict=True)
        same = all(bool(domain.equal(lifted(domain, one), other).all()) for one, other in pairs)
    if not same and reading.unread:
        raise Undecided(f"the constants {list(reading.unread)[:3]} are no coefficients of the plan", "the lowering")
    return same
