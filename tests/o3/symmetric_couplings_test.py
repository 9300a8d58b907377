"""Laws of the symmetric couplings, without rounding; `proofs/symmetric_contraction.py` proves them of more factors."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

import spec.symmetric_contraction
from eqlib.o3 import Surd, SurdTensor, exact_clebsch_gordan, exact_generators, symmetric_couplings

Powers = list[tuple[int, int]]
CASES: list[Powers] = [
    *([(0, 3)], [(1, 1)], [(1, 2)], [(1, 3)], [(2, 2)], [(2, 3)]),
    *([(1, 1), (1, 1)], [(1, 2), (1, 1)], [(2, 1), (1, 2)], [(0, 2), (1, 1), (2, 1)], [(1, 2), (0, 0), (1, 2)]),
]


def degrees(powers: Powers) -> list[int]:
    return [one for one, n in powers for _ in range(n)]


def tensors(powers: Powers) -> Iterator[SurdTensor]:
    """Those to degrees of at most 2, which have all that greater ones have."""
    return itertools.chain.from_iterable(symmetric_couplings(powers, l) for l in range(3))


def product(one: SurdTensor, other: SurdTensor) -> Surd:
    entries = dict(other.entries)
    return sum((value * entries[index] for index, value in one.entries if index in entries), start=Surd.of(0))


@pytest.mark.parametrize("powers", CASES, ids=str)
def test_law_orthonormal(powers: Powers) -> None:
    for one, other in itertools.combinations_with_replacement(tensors(powers), 2):
        if one.shape == other.shape:
            assert product(one, other) == (one is other)


@pytest.mark.parametrize("powers", CASES, ids=str)
def test_law_unchanged_by_exchanges_of_equal_factors(powers: Powers) -> None:
    begin = 0
    for _, n in powers:
        for axis in range(begin, begin + n - 1):
            for tensor in tensors(powers):
                axes = list(range(len(tensor.shape)))
                axes[axis : axis + 2] = axis + 1, axis
                assert tensor.transpose(axes) == tensor
        begin += n


@pytest.mark.parametrize("powers", CASES, ids=str)
def test_law_annihilated_by_the_generators(powers: Powers) -> None:
    """About x and about y, of which that about z is made."""
    for tensor in tensors(powers):
        for axis in (0, 1):
            moves = {size: rows_of_generator(size // 2, axis) for size in tensor.shape}
            moved: dict[tuple[int, ...], Surd] = defaultdict(lambda: Surd.of(0))
            for index, value in tensor.entries:
                for slot, i in enumerate(index):
                    for j, factor in moves[tensor.shape[slot]][i]:
                        moved[(*index[:slot], j, *index[slot + 1 :])] += factor * value
            assert not any(moved.values())


def rows_of_generator(l: int, axis: int) -> dict[int, list[tuple[int, Surd]]]:
    rows: dict[int, list[tuple[int, Surd]]] = {i: [] for i in range(2 * l + 1)}
    for (a, i, j), value in exact_generators(l).entries:
        if a == axis:
            rows[i].append((j, value))
    return rows


@pytest.mark.parametrize("powers", [*CASES, [(1, 4)]], ids=str)
def test_law_as_many_as_there_are_copies(powers: Powers) -> None:
    """The copies of l are the weights l less the weights l + 1; a power has those of the multisets of components."""
    of_powers = [
        [sum(ms) for ms in itertools.combinations_with_replacement(range(-one, one + 1), n)] for one, n in powers
    ]
    weights = Counter(map(sum, itertools.product(*of_powers)))
    for l in range(5):
        assert len(symmetric_couplings(powers, l)) == weights[l] - weights[l + 1]


@pytest.mark.parametrize("powers", CASES, ids=str)
def test_order_and_signs_are_those_of_the_specification(powers: Powers) -> None:
    factors = [(one, number) for number, (one, n) in enumerate(powers) for _ in range(n)]  # equal within a power only
    for l in range(3):
        found, specified = symmetric_couplings(powers, l), spec.symmetric_contraction.couplings(factors, l)
        for tensor, expected in zip(found, specified, strict=True):
            assert np.abs(tensor.numpy() - expected).max() < 1e-13


def test_of_two_factors_they_are_clebsch_gordan_tensors() -> None:
    for l1, l2, l in itertools.product(range(3), repeat=3):
        expected = (exact_clebsch_gordan(l1, l2, l),) if abs(l1 - l2) <= l <= l1 + l2 else ()
        assert symmetric_couplings([(l1, 1), (l2, 1)], l) == expected
        if l1 == l2:
            assert symmetric_couplings([(l1, 2)], l) == (() if l % 2 else expected)


def test_one_factor_is_itself() -> None:
    for l in range(4):
        (tensor,) = symmetric_couplings([(l, 1)], l)
        assert dict(tensor.entries) == {(k, k): 1 / Surd.sqrt(2 * l + 1) for k in range(2 * l + 1)}


@pytest.mark.parametrize(
    ("powers", "l", "label"),
    [
        ([(1, 1)], 1, "sym(1->1)"),
        ([(1, 2), (3, 0), (2, 1)], 0, "sym(1²,2->0)"),
        ([(0, 10), (1, 1)], 1, "sym(0¹⁰,1->1)"),
    ],
)
def test_labels(powers: Powers, l: int, label: str) -> None:
    assert [tensor.label for tensor in symmetric_couplings(powers, l)] == [label]


@pytest.mark.parametrize(
    ("powers", "l", "error", "message"),
    [
        ([], 0, ValueError, "there is no factor: write powers such as"),
        ([(1, 0), (2, 0)], 0, ValueError, "there is no factor"),
        ([(1.0, 2)], 0, TypeError, "a degree of powers = 1.0 is no degree"),
        ([(-1, 2)], 0, ValueError, "a degree of powers = -1 is no degree"),
        ([(1, True)], 0, TypeError, "a power = True is no degree"),
        ([(1, -2), (1, 2)], 0, ValueError, "a power = -2 is no degree"),
        ([(1, 2)], True, TypeError, "l = True is no degree"),
    ],
)
def test_raises(powers: list[tuple[object, object]], l: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        symmetric_couplings(powers, l)
