"""One conformance suite for every op: the laws, and how pytest runs them.

from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject

test_conforms = conforms(Subject("dot", eqlib.dot, ("2x0e+1o", "2x0e+1o"), spec.dot.dot))
"""

from collections.abc import Callable
from typing import Any

import pytest

from eqlib.testing.derivatives import derivatives_are_finite_at_zero, derivatives_are_right
from eqlib.testing.numbers import (
    agrees_with_spec,
    depends_on_every_operand,
    dtypes_are_preserved,
    products_are_at_full_precision,
)
from eqlib.testing.stability import is_stable
from eqlib.testing.subject import Subject
from eqlib.testing.symmetry import commutes_bitwise_with_reflections, is_equivariant, is_homogeneous
from eqlib.testing.transformations import (
    jit_and_scan_agree,
    leading_axes_broadcast,
    sharding_changes_nothing,
    vmap_agrees,
)

Law = Callable[[Subject], None]

LAWS: tuple[Law, ...] = (
    agrees_with_spec,
    depends_on_every_operand,
    is_equivariant,
    commutes_bitwise_with_reflections,
    is_homogeneous,
    jit_and_scan_agree,
    vmap_agrees,
    leading_axes_broadcast,
    sharding_changes_nothing,
    derivatives_are_right,
    derivatives_are_finite_at_zero,
    dtypes_are_preserved,
    is_stable,
    products_are_at_full_precision,
)

# At the edges (nothing, zero multiplicities) there may be no number to differentiate, or to depend on an operand.
EDGE_LAWS: tuple[Law, ...] = (
    agrees_with_spec,
    is_equivariant,
    jit_and_scan_agree,
    vmap_agrees,
    leading_axes_broadcast,
    dtypes_are_preserved,
)


def conforms(*subjects: Subject) -> Callable[..., None]:
    """A pytest test that holds each subject to every law, and its edge operands to those that make sense there."""
    cases: list[Any] = []
    for subject in subjects:
        cases += [pytest.param(law, subject, id=f"{subject}-{law.__name__}") for law in LAWS]
        for edge in subject.at_edges():
            cases += [pytest.param(law, edge, id=f"{edge}-{law.__name__}") for law in EDGE_LAWS]

    @pytest.mark.parametrize("law, subject", cases)
    def test_conforms(law: Law, subject: Subject) -> None:
        law(subject)

    return test_conforms
