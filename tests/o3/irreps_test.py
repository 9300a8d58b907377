"""Direct sums of irreps: notation, order, parts, and the agreement with e3nn-jax."""

import copy
import operator
import pickle
import re

import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest

from eqlib.o3 import Irrep, Irreps, MulIrrep, matrix_from_angles

EMPTY = ["", "0x1o", "0x0e+0x2o"]


@pytest.mark.parametrize(
    "value",
    ["2x0e + 1o", " 2 x 0e+1x1o ", [(2, "0e"), "1o"], [(2, (0, 1)), Irrep("1o")], [MulIrrep(2, Irrep("0e")), (1, "1y")],
     ["2x0e", "1o"], [(np.int64(2), "0e"), (np.int32(1), "1o")], Irreps("2x0e+1o")],
    ids=str,
)  # fmt: skip
def test_every_notation(value):
    assert Irreps(value) == "2x0e+1o"
    assert repr(Irreps(value)) == "2x0e+1x1o"


def test_degrees_alone_are_of_even_parity():
    assert Irreps([0, np.int64(1)]) == "0e + 1e"


@pytest.mark.parametrize(
    "value", ["2x", "x0e", "0e+", "-1x0e", "2x0e 1o", [(-1, "0e")], [(32, 1)], [(1.5, "0e")], [None], 3]
)
def test_what_is_no_irreps_raises(value):
    with pytest.raises(ValueError, match="Unable to"):
        Irreps(value)


@pytest.mark.parametrize("text", EMPTY)
def test_empty_irreps(text):
    irreps = Irreps(text)
    assert irreps.dim == irreps.num_irreps == irreps.mul_gcd == 0
    assert irreps.simplify() == irreps.regroup() == Irreps() == ""
    assert irreps.D_from_matrix(np.broadcast_to(np.eye(3), (7, 3, 3))).shape == (7, 0, 0)
    assert irreps.generators().shape == (3, 0, 0)
    assert not Irreps("").is_scalar()
    with pytest.raises(ValueError, match="no copy of any irrep"):
        _ = irreps.lmax


def test_zero_multiplicities_do_not_count_for_lmax():
    assert Irreps("2x0e + 0x3o").lmax == 0
    assert Irreps("2x0e + 1o + 0x3o").lmax == 1


def test_spherical_harmonics_are_those_of_a_vector_or_of_a_pseudovector():
    assert Irreps.spherical_harmonics(2) == Irreps("0e").spherical_harmonics(2) == "0e + 1o + 2e"
    assert Irreps.spherical_harmonics(2, p=1) == "0e + 1e + 2e"


def test_a_sum_is_repeated_from_zero_times_upwards():
    assert Irreps("0e + 1e").repeat(0) == ""
    assert Irreps("0e + 1e").repeat(1) == "0e + 1e"
    for n in (-1, True):
        with pytest.raises(ValueError, match=f"cannot repeat 1x0e {n} times"):
            Irreps("0e").repeat(n)


def test_equality_and_inequality_agree():
    for other in ("0e", "1o", "nonsense", None, 3, Irreps("0e"), [MulIrrep(1, Irrep("0e"))]):
        assert (Irreps("0e") == other) is not (Irreps("0e") != other)
    assert (Irreps("0e") != "0e") is False
    assert Irreps("0e") != "1o"
    assert (Irreps("0e") == "nonsense") is False


def test_hash_copy_and_pickle():
    irreps = Irreps("2x0e + 1o")
    assert {irreps: 1}[Irreps([(2, "0e"), "1o"])] == 1
    assert pickle.loads(pickle.dumps(irreps)) == copy.deepcopy(irreps) == irreps


def test_numpy_integers_multiply_multiplicities():
    assert np.int64(2) * Irreps("0e") == Irreps("0e") * np.int64(2) == Irreps("2x0e")
    assert Irreps("4x0e") // np.int64(2) == Irreps("2x0e")


def test_a_number_that_is_no_integer_multiplies_nothing():
    for multiply, name in ((operator.mul, "*"), (operator.floordiv, "//")):
        with pytest.raises(ValueError, match=re.escape(f"1x0e {name} 1.5: a multiplicity is an integer")):
            multiply(Irreps("0e"), 1.5)
        with pytest.raises(TypeError, match="unsupported operand"):
            multiply(Irreps("0e"), None)


def test_what_is_no_index_is_told_how_segments_of_an_irrep_are_taken(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as for users
    for index, keep in (("0e", "0e"), (Irrep("2e"), "2e"), (MulIrrep(2, "0e"), "2x0e"), (1.5, "1o"), (None, "1o")):
        with pytest.raises(IndexError, match=rf"counted from 0\.\n  Write irreps\.filter\(keep='{keep}'\)"):
            _ = Irreps("0e")[index]


def test_a_product_of_irreps_names_the_operation():
    with pytest.raises(NotImplementedError, match=r"write tensor_product\('1x1o', '1x0e'\)"):
        Irreps("1o") * Irreps("0e")


def test_a_slice_may_not_run_through_an_irrep():
    for start, stop in ((1, 4), (0, 2), (3, 4)):  # 1:4 is as long as a vector and is none
        with pytest.raises(ValueError, match="lies inside one 1o"):
            _ = Irreps("2x1o").slice_by_dim[start:stop]
    with pytest.raises(ValueError, match=r"4 lies inside one 1o.*\n.*nearest boundaries are 3 and 6"):
        _ = Irreps("2x1o").slice_by_dim[4:6]
    assert Irreps("2x1o").slice_by_dim[3:6] == "1o"
    assert str(Irreps("2x0e + 1o").slice_by_dim[2:5]) == "1x1o"


def test_slices_may_be_empty():
    assert Irreps("4x0e").slice_by_mul[3:1] == "0x0e"
    for bad, error in (
        (2, IndexError),
        (slice(None, None, 2), NotImplementedError),
        (slice(3, 0, -1), NotImplementedError),
    ):
        with pytest.raises(error, match="slice_by_mul"):
            _ = Irreps("4x0e").slice_by_mul[bad]


def test_filter_takes_one_criterion():
    for criteria in ({"keep": "0e", "lmax": 1}, {"drop": "0e", "lmax": 1}, {"keep": "0e", "drop": "1o"}):
        first, second = criteria
        message = rf"both {first} and {second}: .*\.filter\({first}=\.\.\.\)\.filter\({second}=\.\.\.\)"
        with pytest.raises(ValueError, match=message):
            Irreps("0e").filter(**criteria)
    for keep in ("0e + 5x2e", Irrep("0e"), MulIrrep(3, "0e"), ["0e"], lambda mul_ir: mul_ir.ir == "0e"):
        assert Irreps("2x0e + 1o + 0e").filter(keep=keep) == "2x0e + 0e"
    assert Irreps("2x0e + 1o").filter() == "2x0e + 1o"


def test_matrices_are_block_diagonal_and_batched():
    irreps, angles = Irreps("2x0o + 1o + 2e"), np.random.default_rng(0).normal(size=(3, 4))
    D = irreps.D_from_angles(*angles, 1)
    assert D.shape == (4, 10, 10)
    for s, (_, ir) in zip([slice(1, 2), slice(2, 5), slice(5, 10)], irreps, strict=True):
        np.testing.assert_array_equal(D[:, s, s], ir.D_from_angles(*angles, 1))
    np.testing.assert_allclose(D @ D.swapaxes(-1, -2), np.broadcast_to(np.eye(10), D.shape), atol=1e-14)
    assert irreps.D_from_matrix(np.broadcast_to(np.eye(3), (2, 5, 3, 3))).shape == (2, 5, 10, 10)
    as_jax = irreps.D_from_matrix(-matrix_from_angles(*map(jnp.asarray, angles)))
    assert isinstance(as_jax, jnp.ndarray)
    np.testing.assert_allclose(as_jax, D, atol=1e-15)


OPERATIONS = {
    "repr": repr,
    "dim": lambda x: x.dim,
    "num_irreps": lambda x: x.num_irreps,
    "mul_gcd": lambda x: x.mul_gcd,
    "ls": lambda x: x.ls,
    "slices": lambda x: x.slices(),
    "sort": lambda x: tuple(x.sort()),
    "sorted": sorted,
    "regroup": lambda x: x.regroup(),
    "simplify": lambda x: x.simplify(),
    "unify": lambda x: x.unify(),
    "is_scalar": lambda x: x.is_scalar(),
    "count": lambda x: x.count("1o"),
    "contains": lambda x: "1o" in x,
    "filter": lambda x: (x.filter("0e+2x1o"), x.filter(drop=["0e", "1o"]), x.filter(lmax=2)),
    "index": lambda x: (x[1:3], x[::2]),
    "sum": lambda x: (x + "1o", "1o" + x, x + x),
    "multiples": lambda x: (x * 2, 2 * x, x // 2, x.repeat(2), x.set_mul(3)),
    "slice_by_mul": lambda x: (x.slice_by_mul[1:4], x.slice_by_mul[-2:]),
    "slice_by_chunk": lambda x: (x.slice_by_chunk[1:], x.slice_by_chunk[::-1]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_same_as_e3nn_jax(name):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    rng = np.random.default_rng(0)
    for _ in range(200):
        terms = [
            (int(rng.integers(0, 4)), (int(rng.integers(0, 4)), int(rng.choice([1, -1]))))
            for _ in range(rng.integers(0, 6))
        ]
        assert str(OPERATIONS[name](Irreps(terms))) == str(OPERATIONS[name](e3nn_jax.Irreps(terms))), terms
