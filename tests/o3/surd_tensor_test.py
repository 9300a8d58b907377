"""Law: a SurdTensor is a value: equal by content, hashable, immutable, and rounded once per entry."""

import itertools
import pickle
from fractions import Fraction

import numpy as np
import pytest

from eqlib.o3 import Surd, SurdTensor, exact_clebsch_gordan


def example(label: str = "M") -> SurdTensor:
    return SurdTensor.of((2, 3), {(1, 2): Surd.sqrt(2), (0, 1): Surd.of(Fraction(-1, 3)), (0, 0): Surd.of(0)}, label)


def test_entries_are_sorted_and_zeros_are_dropped() -> None:
    assert example().entries == (((0, 1), Surd.of(Fraction(-1, 3))), ((1, 2), Surd.sqrt(2)))
    assert str(example()) == "M [2, 3], 2 non-zero: (0, 1) -1/3, (1, 2) √2"


def test_equality_is_by_content_and_not_by_label() -> None:
    assert example("A") == example("B") and hash(example("A")) == hash(example("B"))
    assert example() != example().scaled(2) and example() != example().transpose((1, 0))
    assert example() != 1 and len({example("A"), example("B")}) == 1
    assert pickle.loads(pickle.dumps(example())) == example()


def test_transposing_moves_axes_as_numpy_does() -> None:
    C = exact_clebsch_gordan(1, 2, 3)
    for axes in itertools.permutations(range(3)):
        assert np.array_equal(C.transpose(axes).numpy(), C.numpy().transpose(axes))
        assert C.transpose(axes).transpose(tuple(map(int, np.argsort(axes)))) == C


def test_each_product_is_rounded_once() -> None:
    scale = Surd.sqrt(Fraction(7, 3))
    for dtype in (np.float64, np.float32):
        dense = example().numpy(dtype, scale=scale)
        assert dense.dtype == dtype and dense[1, 2] == (Surd.sqrt(2) * scale).round(dtype)
        assert np.array_equal(dense, example().scaled(scale).numpy(dtype))


def test_writing_to_the_array_changes_nothing_else() -> None:
    first = example().numpy()
    first[:] = 7
    assert example().numpy()[1, 1] == 0


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((((2, 0), Surd.of(1)),), "outside the shape"),
        ((((0,), Surd.of(1)),), "outside the shape"),
        ((((0, 0), Surd.of(0)),), "is zero"),
        ((((0, 1), Surd.of(1)), ((0, 0), Surd.of(1))), "follows"),
        ((((0, 1), Surd.of(1)), ((0, 1), Surd.of(1))), "follows"),
    ],
)
def test_inconsistent_entries_are_refused(entries: tuple, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SurdTensor((2, 3), entries)


@pytest.mark.parametrize("axes", [(0,), (0, 0), (0, 2), (0, 1, 2)])
def test_what_is_no_permutation_is_refused(axes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no permutation of the axes"):
        example().transpose(axes)
