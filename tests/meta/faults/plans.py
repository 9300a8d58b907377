"""Mistakes in a plan: one coefficient, one path."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from eqlib.o3 import Surd, SurdTensor
from eqlib.plan import Path, Plan


def in_path(n: int, change: Callable[[Path], Path]) -> Callable[[Plan], Plan]:
    """A change of one path of a plan."""
    return lambda plan: replace(plan, paths=(*plan.paths[:n], change(plan.paths[n]), *plan.paths[n + 1 :]))


def negate_one_entry(path: Path) -> Path:
    """The first coefficient with the other sign."""
    (index, value), *others = path.coefficients.entries
    return replace(path, coefficients=SurdTensor(path.coefficients.shape, ((index, -value), *others), "CG'"))


def negate(path: Path) -> Path:
    """The whole path with the other sign: no symmetry tells the two apart."""
    return replace(path, scale=-path.scale)


def transpose_block(path: Path) -> Path:
    """C[j, i, k] for C[i, j, k]."""
    return replace(path, coefficients=path.coefficients.transpose((1, 0, 2)))


def rescale(path: Path) -> Path:
    """A factor of another normalisation."""
    return replace(path, scale=path.scale * Surd.sqrt(2))


def off_by_a_trillionth(path: Path) -> Path:
    """One coefficient wrong by 1e-12 of it: no law in floating point need see that."""
    (index, value), *others = path.coefficients.entries
    entries = ((index, value * (1 + Surd.of(1) / 10**12)), *others)
    return replace(path, coefficients=SurdTensor(path.coefficients.shape, entries, "CG'"))


def with_garbage(tensor: SurdTensor) -> SurdTensor:
    """1e-17 where there is nothing: less than the rounding of any sum in which it is added to a number near one."""
    inside = dict(tensor.entries)
    empty = (index for index in np.ndindex(tensor.shape) if index not in inside)
    return SurdTensor.of(tensor.shape, {**inside, **{index: Surd.of(1) / 10**17 for index in [*empty][:1]}})


def without_a_path(plan: Plan) -> Plan:
    """The last path is forgotten."""
    return replace(plan, paths=plan.paths[:-1])


def with_a_path(plan: Plan) -> Plan:
    """One component of the last path's inputs is written a second time: no rotation respects that."""
    path = plan.paths[-1]
    alone = SurdTensor(path.coefficients.shape, path.coefficients.entries[:1], "e'")
    return replace(plan, paths=(*plan.paths, replace(path, coefficients=alone)))
