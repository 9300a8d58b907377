"""The paths of symmetric contractions: which there are, in which order, and what they are called."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

import spec.symmetric_contraction
from eqlib import IrrepsError, symmetric_contraction_paths
from eqlib.o3 import Irrep, Irreps, symmetric_couplings
from eqlib.o3.symmetric_paths import SymmetricPath, as_power, counted, polynomials, wanted


def printed(irreps: str, irreps_out: str, degree: int) -> list[str]:
    paths = symmetric_contraction_paths(irreps, irreps_out, degree=degree)
    return [repr(path).removeprefix("SymmetricPath(").removesuffix(")") for path in paths]


def test_order_by_output_then_degree_then_factors_then_number() -> None:
    assert printed("1o + 0e", "1o + 0e", 3) == [
        *("1o -> 1o", "0e 1o -> 1o", "0e^2 1o -> 1o", "1o^3 -> 1o"),
        *("0e -> 0e", "0e^2 -> 0e", "1o^2 -> 0e", "0e^3 -> 0e", "0e 1o^2 -> 0e"),
    ]
    assert printed("2e", "2e", 4)[-2:] == ["2e^4 -> 2e", "2e^4 -> 2e #1"]


@pytest.mark.parametrize(
    ("irreps", "irreps_out", "degree"),
    [("0e+1o+2e", "0e+1o+2e", 3), ("1e+1o+0o", "0o+1e+2o", 3), ("2e", "0e+2e", 4)],
)
def test_law_complete_and_in_the_order_of_the_specification(irreps: str, irreps_out: str, degree: int) -> None:
    channel, out = ([(ir.l, ir.p) for _, ir in Irreps(given)] for given in (Irreps(irreps).regroup(), irreps_out))
    paths = [
        (tuple((ir.l, ir.p) for ir in path.factors), (path.ir_out.l, path.ir_out.p), path.number)
        for path in symmetric_contraction_paths(irreps, irreps_out, degree=degree)
    ]
    assert paths == spec.symmetric_contraction.symmetric_contraction_paths(channel, out, degree=degree)


def test_law_as_many_as_there_are_copies() -> None:
    """By the weights of the multisets of components of all irreps together, of either parity."""
    irreps = Irreps("0e + 1o + 2e + 1e")
    components = [(m, ir.p) for _, ir in irreps for m in range(-ir.l, ir.l + 1)]
    for ir in map(Irrep, ("0e", "1o", "0o", "2e")):
        found = Counter(path.degree for path in symmetric_contraction_paths(irreps, ir))
        for degree in (1, 2, 3):
            chosen = itertools.combinations_with_replacement(components, degree)
            weights = Counter((sum(m for m, _ in one), math.prod(p for _, p in one)) for one in chosen)
            assert found[degree] == weights[ir.l, ir.p] - weights[ir.l + 1, ir.p]


def test_multiplicities_change_nothing_and_no_copies_are_no_irrep() -> None:
    paths = symmetric_contraction_paths("0e + 1o", "1o + 0e", degree=2)
    assert symmetric_contraction_paths("5x0e + 7x1o + 0x2e", "3x1o + 0x2e + 2x0e + 1o", degree=np.int64(2)) == paths
    assert symmetric_contraction_paths("0e + 1o", "0x1o") == ()


def test_the_greatest_degree_is_three_unless_it_is_given() -> None:
    assert max(path.degree for path in symmetric_contraction_paths("1o", "1o")) == 3
    assert [path.degree for path in symmetric_contraction_paths("1o", "1o", degree=1)] == [1]
    with pytest.raises(TypeError, match="positional"):
        symmetric_contraction_paths("1o", "1o", 1)  # type: ignore[misc]


def test_every_path_has_its_coupling() -> None:
    found = polynomials(Irreps("0e + 1o + 2e"), (Irrep("2e"),), 3)
    for path, tensor in found:
        powers = [(ir.l, path.factors.count(ir)) for ir in sorted(set(path.factors), key=path.factors.index)]
        assert tensor == symmetric_couplings(powers, 2)[path.number]
    assert tuple(path for path, _ in found) == symmetric_contraction_paths("0e+1o+2e", "2e")


def test_the_parity_of_a_product_is_that_of_its_factors() -> None:
    assert printed("0o + 1e + 1o", "0o", 2) == ["0o -> 0o", "1o 1e -> 0o"]


def test_a_path_by_hand() -> None:
    path = SymmetricPath((Irrep("0e"), Irrep("1o"), Irrep("1o")), Irrep("2e"))
    assert path.number == 0 and path.degree == 3 and repr(path) == "SymmetricPath(0e 1o^2 -> 2e)"
    assert repr(path._replace(number=2)) == "SymmetricPath(0e 1o^2 -> 2e #2)"


def test_what_is_counted_and_what_is_wanted_stand_in_order() -> None:
    a, b = Irrep("1o"), Irrep("0e")
    assert counted((a, b, a)) == [(a, 2), (b, 1)]
    assert wanted("2x1o + 0x2e + 0e + 1o") == (a, b)


@pytest.mark.parametrize("degree", [0, -1, 2.0, "2", True, None])
def test_raises_for_what_is_no_degree(degree: object) -> None:
    with pytest.raises(ValueError, match=r"degree is .*, and must be an integer, 1 or more"):
        symmetric_contraction_paths("1o", "1o", degree=degree)


def test_a_degree_is_an_integer_of_python() -> None:
    assert type(as_power(np.int32(1))) is int and as_power(1) == 1


def test_raises_for_an_irrep_without_a_path() -> None:
    with pytest.raises(IrrepsError, match=r"no polynomial of 1x1o up to degree 2 is 0o\.\n  Leave out 0o"):
        symmetric_contraction_paths("1o", "0e + 0o", degree=2)
