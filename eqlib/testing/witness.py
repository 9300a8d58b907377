"""A case that breaks a law, in words: what is left of the input, the element, and both sides."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from eqlib.o3 import Irreps
from eqlib.testing.operands import Field
from eqlib.testing.symmetries import Case, Runner

_SHOWN = 8


def witness(runner: Runner, case: Case) -> tuple[str, ...]:
    """The case in lines: what is not zero of the inputs, the element, and both sides for some irreps that differ."""
    lines = [f"in:     {_what_is_left(runner, case)}", f"g:      {case.element}"]
    for (path, one), got, want, bound in zip(runner.program.outputs, case.got, case.want, case.bounds, strict=True):
        for irreps, columns in _segments(one.irreps):
            row = _worst_row(got[..., columns], want[..., columns], bound[..., columns])
            if row is not None:
                mine, theirs, allowed = (x[..., columns][row] for x in (got, want, bound))
                left, right = _sides(mine, theirs, allowed, irreps[0].ir.dim)
                explained = f"{np.max(_difference(mine, theirs)):.2e}, and rounding explains {np.max(allowed):.2e}"
                lines += [f"out:    {path}{irreps}", f"f(g x): {left}", f"g f(x): {right}", f"error:  {explained}"]
                return tuple(lines)
    return tuple(lines)


def _what_is_left(runner: Runner, case: Case) -> str:
    words = []
    for one, x in zip(runner.program.operands, case.arrays, strict=True):
        if not isinstance(one, Field) or one.is_position:
            words.append(str(one))
            continue
        kept = _not_zero(one, x)
        words.append(f"{dataclasses.replace(one, irreps=kept)}{_where(one, x)}" if kept.dim else "zeros")
    fields = [x for one, x in zip(runner.program.operands, case.arrays, strict=True) if isinstance(one, Field)]
    is_plain = all(np.isin(x, (0, 1)).all() for x in fields)
    given = f", {case.inputs}" if case.inputs not in ("as given", "random") and not is_plain else ""
    return ", ".join(words) + given


def _not_zero(one: Field, x: Any) -> Irreps:
    """The irreps of the copies that are not zero."""
    found, start = [], 0
    for mul, ir in one.irreps:
        copies = x[..., start : start + mul * ir.dim].reshape(-1, mul, ir.dim)
        start += mul * ir.dim
        found.append((int(np.count_nonzero(np.any(copies, axis=(0, 2)))), ir))
    return Irreps([(mul, ir) for mul, ir in found if mul])


def _where(one: Field, x: Any) -> str:
    """At how many members of the sets it is not zero, if not at all."""
    at, every = int(np.count_nonzero(np.any(x, axis=-1))), x[..., 0].size
    return f" (not zero at {at} of {every})" if one.over and at < every else ""


def _segments(irreps: Irreps) -> Iterator[tuple[Irreps, slice]]:
    for mul_ir, columns in zip(irreps, irreps.slices(), strict=True):
        if mul_ir.dim:
            yield Irreps([mul_ir]), columns


def _worst_row(got: Any, want: Any, bound: Any) -> tuple[int, ...] | None:
    """Where the difference exceeds its bound most, by the index of the leading axes; None where it does not."""
    error = _difference(got, want)
    excess = np.max(np.where(error <= bound, -np.inf, error), axis=-1)
    if not np.any(excess > -np.inf):
        return None
    return tuple(map(int, np.unravel_index(np.argmax(excess), excess.shape)))


def _difference(got: Any, want: Any) -> Any:
    """|got - want|, infinite where either is."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(got) & np.isfinite(want), np.abs(got - want), np.inf)


def _sides(got: Any, want: Any, bound: Any, dim: int) -> tuple[str, str]:
    """Both sides in numbers, from the copy on that differs most, with as many digits as tell one from the other."""
    excess = _difference(got, want) - bound
    start = 0 if got.size <= _SHOWN else int(np.argmax(excess)) // dim * dim
    for digits in (4, 8, 12, 16):
        left, right = (_numbers(x, start, digits) for x in (got, want))
        if left != right:
            break
    return left, right


def _numbers(values: Any, start: int, digits: int) -> str:
    end = start + _SHOWN
    shown = np.array2string(values[start:end], precision=digits, suppress_small=False, max_line_width=200)
    before, after = "... " if start else "", " ..." if end < values.size else ""
    return f"[{before}{shown[1:-1]}{after}]"
