"""Mistakes that a theorem must refuse, in exact arithmetic: those below every tolerance too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np

import proofs.clebsch_gordan
import proofs.dot
import proofs.linear
import proofs.tensor_product
import proofs.wigner
from eqlib.o3 import SurdTensor
from eqlib.plan import Path, Plan
from proofs.certificate import THEOREMS, Verdict, decide
from tests.meta.faults.plans import (
    in_path,
    negate_one_entry,
    off_by_a_trillionth,
    rescale,
    with_a_path,
    with_garbage,
    without_a_path,
)

CACHES = (proofs.clebsch_gordan.scaled_clebsch_gordan, proofs.wigner.scaled_wigner)


@dataclass(frozen=True)
class ProofFault:
    """A mistake in what a function returns, as a module of proofs sees it, and the theorem that must fail by it."""

    name: str
    module: ModuleType
    function: str
    change: Callable[[Any], Any]
    killer: str

    @contextmanager
    def planted(self) -> Iterator[None]:
        """While it lasts, the function is wrong."""
        right = getattr(self.module, self.function)
        with patch.object(self.module, self.function, lambda *xs, **kw: self.change(right(*xs, **kw))):
            yield

    def verdict(self, claim: str) -> Verdict:
        """What becomes of a theorem."""
        with self.planted():
            return decided(claim)


def decided(claim: str) -> Verdict:
    """The verdict on a theorem, up to degree 1, by nothing that was computed before."""
    for cached in CACHES:
        cached.cache_clear()
    try:
        return decide(THEOREMS[claim], 1)
    finally:
        for cached in CACHES:
            cached.cache_clear()


def of_plan(change: Callable[[Plan], Plan]) -> Callable[[Any], Any]:
    """A change of the plan that is returned with the irreps of the output."""
    return lambda result: (result[0], change(result[1]))


def of_last_path(change: Callable[[Path], Path]) -> Callable[[Any], Any]:
    """A change of the last path of that plan."""
    return of_plan(lambda plan: in_path(len(plan.paths) - 1, change)(plan))


def without_a_step(matrix: np.ndarray) -> np.ndarray:
    """The raising operator annihilates one vector too many."""
    return np.where(np.arange(matrix.shape[1]) == 0, 0, matrix)


PRODUCT = (proofs.tensor_product, "plan_tensor_product")
CG = (proofs.clebsch_gordan, "exact_clebsch_gordan")
LINEAR = (proofs.linear, "plan_linear")
PROOF_FAULTS = (
    ProofFault(
        "one coefficient off by 1e-12", *PRODUCT, of_last_path(off_by_a_trillionth), "tensor_product_is_equivariant"
    ),
    ProofFault("one sign", *PRODUCT, of_last_path(negate_one_entry), "tensor_product_is_equivariant"),
    ProofFault("one block of another size", *PRODUCT, of_last_path(rescale), "tensor_product_is_normalised"),
    ProofFault("a path of the product dropped", *PRODUCT, of_plan(without_a_path), "tensor_product_is_equivariant"),
    ProofFault("a path of the product too much", *PRODUCT, of_plan(with_a_path), "tensor_product_is_equivariant"),
    ProofFault(
        "a path that is no invariant", proofs.dot, "plan_dot", of_plan(with_a_path), "dot_is_the_invariant_product"
    ),
    ProofFault("a path left out", *LINEAR, of_plan(without_a_path), "linear_is_equivariant_and_complete"),
    ProofFault(
        "a block that is no identity", *LINEAR, of_last_path(negate_one_entry), "linear_is_equivariant_and_complete"
    ),
    ProofFault(
        "a transposed D", proofs.wigner, "exact_wigner", lambda D: D.transpose((1, 0)), "wigner_acts_on_harmonics"
    ),
    ProofFault("garbage of 1e-17 in a table", *CG, with_garbage, "clebsch_gordan_is_invariant"),
    ProofFault(
        "garbage of 1e-17 in the floats of a table",
        CG[0],
        "clebsch_gordan",
        lambda C: np.where(C == 0, 1e-17, C).astype(C.dtype),
        "clebsch_gordan_is_correctly_rounded",
    ),
    ProofFault(
        "no tensor inside the triangle",
        *CG,
        lambda C: SurdTensor.of(C.shape, {}),
        "clebsch_gordan_is_unique_by_weights",
    ),
    ProofFault(
        "a ladder without a step", CG[0], "_raising_operator", without_a_step, "clebsch_gordan_is_unique_by_rank"
    ),
)
