"""Law: a SurdTensor is a value: equal by content, hashable, immutable, and rounded once per entry."""

import itertools
import pickle
import sys
from dataclasses import FrozenInstanceError
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


def test_equality_does_not_trust_the_hash() -> None:
    """Python gives -1 and -2 the same hash, and n and n + 2^61 - 1."""
    entries = tuple((((0,), Surd.of(n)),) for n in (-1, -2))
    for (shape1, entries1), (shape2, entries2) in itertools.permutations(
        [((2,), entries[0]), ((2,), entries[1]), ((2**61 + 1,), entries[0])], 2
    ):
        first, second = SurdTensor(shape1, entries1), SurdTensor(shape2, entries2)
        assert first != second and (sys.implementation.name != "cpython" or hash(first) == hash(second))


def test_it_cannot_be_changed_and_its_hash_cannot_be_given() -> None:
    with pytest.raises(FrozenInstanceError):
        example().shape = (3, 2)
    with pytest.raises(TypeError, match="positional arguments"):
        SurdTensor((2,), (), "M", 7)


def test_three_entries_are_printed() -> None:
    entries = {(i,): Surd.of(i + 1) for i in range(4)}
    assert str(SurdTensor.of((4,), entries)) == "tensor [4], 4 non-zero: (0,) 1, (1,) 2, (2,) 3, ..."
    del entries[3,]
    assert str(SurdTensor.of((4,), entries)) == "tensor [4], 3 non-zero: (0,) 1, (1,) 2, (2,) 3"


def test_transposing_moves_axes_as_numpy_does() -> None:
    C = exact_clebsch_gordan(1, 2, 3)
    for axes in itertools.permutations(range(3)):
        assert np.array_equal(C.transpose(axes).numpy(), C.numpy().transpose(axes))
        assert C.transpose(axes).transpose(tuple(map(int, np.argsort(axes)))) == C
    assert str(C.transpose((0, 1, 2))) == str(C)


@pytest.mark.parametrize("factor", [0, 1, -1, 3, Surd.sqrt(Fraction(1, 2))])
def test_scaling_multiplies_every_entry(factor: Surd | int) -> None:
    products = ((index, value * factor) for index, value in example().entries)
    assert example().scaled(factor).entries == tuple(pair for pair in products if pair[1])
    assert str(example().scaled(factor)).startswith("M" if factor == 1 else f"{factor} M")


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
        *((((index, Surd.of(1)),), "outside the shape") for index in ((2, 0), (3, 0), (0, -1), (0,), (0, 0, 0))),
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
    with pytest.raises(ValueError, match=r"no permutation of the axes 0\.\.1$"):
        example().transpose(axes)
    with pytest.raises(ValueError, match=r"no permutation of the axes 0\.\.2$"):
        exact_clebsch_gordan(1, 1, 1).transpose(axes[:1])
