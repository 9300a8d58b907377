"""The smallest case that breaks a law: the simplest element, and no more of the input than is needed."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from eqlib.o3 import Irreps
from eqlib.testing.operands import Field
from eqlib.testing.symmetries import Case, Runner

_SHOWN = 8


def witness(runner: Runner, case: Case) -> tuple[str, ...]:
    """The case, shrunk, in lines: the inputs that matter, the element, both sides, and the irreps that differ."""
    case = _shrunk(runner, case)
    lines = [f"in:     {_what_is_left(runner, case)}", f"g:      {case.element}"]
    for (path, one), got, want, bound in zip(runner.program.outputs, case.got, case.want, case.bounds, strict=True):
        for irreps, columns in _segments(one.irreps):
            row = _worst_row(got[..., columns], want[..., columns], bound[..., columns])
            if row is not None:
                lines += [
                    f"out:    {path}{irreps}",
                    *(f"{name} {_numbers(x[..., columns][row])}" for name, x in (("f(g x):", got), ("g f(x):", want))),
                ]
                lines.append(
                    f"error:  {np.max(np.abs(got - want)[..., columns][row]):.2e}, and rounding explains "
                    f"{np.max(bound[..., columns][row]):.2e}"
                )
                return tuple(lines)
    return tuple(lines)


def _shrunk(runner: Runner, case: Case) -> Case:
    """Sets to zero, one after the other, the segments of the fields without which the law is still broken."""
    for n, one in enumerate(runner.program.operands):
        if not isinstance(one, Field) or one.is_position:
            continue
        for _, columns in _segments(one.irreps):
            arrays = list(case.arrays)
            arrays[n] = np.array(arrays[n])
            arrays[n][..., columns] = 0
            smaller = runner.compare(case.element, case.inputs, arrays)
            if smaller.is_finite == case.is_finite and (not case.is_finite or smaller.error > 1):
                case = smaller
    return case


def _what_is_left(runner: Runner, case: Case) -> str:
    words = []
    for one, x in zip(runner.program.operands, case.arrays, strict=True):
        if not isinstance(one, Field) or one.is_position:
            words.append(str(one))
            continue
        kept = Irreps([irreps[0] for irreps, columns in _segments(one.irreps) if np.any(x[..., columns])])
        words.append(str(dataclasses.replace(one, irreps=kept)) if kept.dim else "zeros")
    given = f", {case.inputs}" if case.inputs not in ("as given", "random") else ""
    return ", ".join(words) + given


def _segments(irreps: Irreps) -> Iterator[tuple[Irreps, slice]]:
    for mul_ir, columns in zip(irreps, irreps.slices(), strict=True):
        if mul_ir.dim:
            yield Irreps([mul_ir]), columns


def _worst_row(got: Any, want: Any, bound: Any) -> tuple[int, ...] | None:
    """Where the difference exceeds its bound most, by the index of the leading axes; None where it does not."""
    error = np.where(np.isfinite(got) & np.isfinite(want), np.abs(got - want), np.inf)
    excess = np.max(np.where(error <= bound, -np.inf, error), axis=-1)
    if not np.any(excess > -np.inf):
        return None
    return tuple(map(int, np.unravel_index(np.argmax(excess), excess.shape)))


def _numbers(values: Any) -> str:
    shown = np.array2string(values[:_SHOWN], precision=4, suppress_small=False, max_line_width=100)
    return shown if values.size <= _SHOWN else f"{shown[:-1]} ...]"
