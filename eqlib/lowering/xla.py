"""The portable lowering: every path by the form that suits it, on whatever device XLA drives."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import jax

from eqlib.array_types import Array, Inexact, Shape
from eqlib.dtypes import at_least_float32
from eqlib.lowering.choose import choose
from eqlib.lowering.chunks import by_chunks, merged_axes
from eqlib.lowering.parts import Part, Parts, flat
from eqlib.lowering.xla_einsum import einsum_as_stored, einsum_path, keeps_components
from eqlib.lowering.xla_matrix import bare_slot, matrix_paths
from eqlib.lowering.xla_straight_line import straight_line_path
from eqlib.lowering.xla_table import numbers_in_cache, sum_by_table
from eqlib.plan import Path, Plan

FORMS = {"einsum": einsum_path, "straight_line": straight_line_path}


def compute(
    *inputs: Inexact[jax.Array, "..."],
    plan: Plan,
    leading: Shape,
    lowering: str | None,
    precision: Any,
    is_cpu: bool = True,
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    """The meaning of `contract`."""
    sum_of_paths = functools.partial(_sum_of_paths, plan, lowering, precision, is_cpu)
    few, shape = merged_axes(inputs, leading)
    if not is_cpu:
        z = sum_of_paths(few, shape)
    else:
        tabled = [path for path, form in _forms(plan, few, shape, lowering, is_cpu) if form == "table"]
        z = by_chunks(sum_of_paths, few, shape, plan.sizes[-1], numbers_in_cache(plan, tabled, few, shape))
    return z.astype(inputs[0].dtype).reshape(*leading, plan.sizes[-1])


def _forms(
    plan: Plan,
    inputs: Sequence[Inexact[Array, "..."]],
    leading: Shape,
    lowering: str | None,
    is_cpu: bool,
) -> list[tuple[Path, str]]:
    """The paths that have numbers, each with its form."""
    shapes = (*(x.shape[:-1] for x in inputs), leading)
    has_numbers = all(x.size for x in inputs)
    paths = [path for path in plan.paths if has_numbers and all(s.size for s in plan.path_segments(path))]
    return [(path, choose(plan, path, shapes, lowering, is_cpu).lowering) for path in paths]


def _sum_of_paths(
    plan: Plan,
    lowering: str | None,
    precision: Any,
    is_cpu: bool,
    inputs: Sequence[Inexact[Array, "..."]],
    leading: Shape,
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    """Sums the paths of each output segment and writes the segments side by side, in at least 32 bits."""
    # 16-bit storage, 32-bit arithmetic: one rounding at the end instead of one per term.
    wide = at_least_float32(inputs[0].dtype)
    inputs = [x.astype(wide) for x in inputs]
    forms = _forms(plan, inputs, leading, lowering, is_cpu)
    tabled = [path for path, form in forms if form == "table"]
    by_table = [sum_by_table(plan, tabled, inputs, leading)] if tabled else []
    if tabled and len(tabled) == len(forms):
        return by_table[0]
    parts = [Parts(x, operand) for x, operand in zip(inputs, plan.operands, strict=False)]
    sums: dict[int, jax.Array] = {}
    for segment, term in _terms(plan, [pair for pair in forms if pair[1] != "table"], parts, leading, precision):
        sums[segment] = sums[segment] + term if segment in sums else term
    z = flat([sums.get(n) for n in range(len(plan.operands[-1]))], plan.operands[-1], leading, wide)
    return sum(by_table, start=z)


def _terms(
    plan: Plan,
    pairs: Sequence[tuple[Path, str]],
    parts: Sequence[Parts],
    leading: Shape,
    precision: Any,
) -> Iterator[tuple[int, Part]]:
    """What the paths add to segments of the output, each by its form; but matrix products together, if they can be."""
    paths = [path for path, _ in pairs]
    shares_matrix = [form == "einsum" and bare_slot(plan, path) is not None for path, form in pairs]
    if all(shares_matrix) and all(map(keeps_components, paths)):
        # Copies are scaled or compared, so that their components may as well stay where they are.
        for path in paths:
            terms = [parts[n].stored(s) for n, s in zip(plan.slots, path.segments, strict=False)]
            yield path.segments[-1], einsum_as_stored(path, terms, leading, precision)
        return
    for (path, form), is_shared in zip(pairs, shares_matrix, strict=True):
        if not is_shared:
            terms = [parts[n][s] for n, s in zip(plan.slots, path.segments, strict=False)]
            yield path.segments[-1], FORMS[form](path, terms, leading, precision)
    shared = [path for path, is_shared in zip(paths, shares_matrix, strict=True) if is_shared]
    yield from matrix_paths(plan, shared, parts, leading, precision)
