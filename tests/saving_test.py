"""Files of trees: what comes back is what went in, bit for bit, and irreps are never changed on the way."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray, IrrepsError, LayoutError
from eqlib.nn.linear import Linear

safetensors_numpy = pytest.importorskip("safetensors.numpy")

TREE = {
    "vectors": IrrepsArray("2x1o", np.arange(12.0).reshape(2, 6)),
    "layer/0~": {"w[0,0] 2x0e,1x0e": np.float32([[1.5], [-0.0]]), "none": np.zeros((0, 3)), "step": 7},
    "half": jnp.bfloat16(0.1),
    "mask": np.array([True, False]),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tree.safetensors"


def same_bits(one, other):
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def test_what_comes_back_is_what_went_in(path):
    eqlib.save(path, TREE, metadata={"unit": "eV/Å"})
    found = eqlib.load(path)
    assert jax.tree.structure(found) == jax.tree.structure(TREE)
    assert all(map(same_bits, jax.tree.leaves(found), jax.tree.leaves(TREE)))
    assert eqlib.load_metadata(path) == {"unit": "eV/Å"}


def test_the_same_tree_is_the_same_file(path):
    eqlib.save(path, TREE)
    first = path.read_bytes()
    eqlib.save(path, eqlib.load(path))
    assert path.read_bytes() == first


def test_a_tree_of_other_nodes_comes_back_in_the_structure_of_another_like_it(path):
    tree = [(IrrepsArray("1e", jnp.ones(3)), jnp.zeros(2)), {"a": [jnp.arange(3)]}]
    eqlib.save(path, tree)
    like = jax.eval_shape(lambda: tree)
    found = eqlib.load(path, like=like)
    assert jax.tree.structure(found) == jax.tree.structure(tree)
    assert all(map(same_bits, jax.tree.leaves(found), jax.tree.leaves(tree)))
    assert list(eqlib.load(path)) == ["0", "1"]


def test_a_single_array_is_a_tree(path):
    eqlib.save(path, IrrepsArray("1o", jnp.ones(3)))
    assert eqlib.load(path).irreps == "1o"


def test_the_package_safetensors_reads_it_and_writes_what_is_read(path):
    arrays = {"b": np.arange(6.0).reshape(2, 3), "a": np.array([True, False]), "scalar": np.array(3, np.int8)}
    eqlib.save(path, arrays)
    found = safetensors_numpy.load_file(path)
    assert found.keys() == arrays.keys() and all(same_bits(found[name], arrays[name]) for name in arrays)
    safetensors_numpy.save_file(arrays, path, {"unit": "eV"})
    found = eqlib.load(path)
    assert found.keys() == arrays.keys() and all(same_bits(found[name], arrays[name]) for name in arrays)
    assert eqlib.load_metadata(path) == {"unit": "eV"}


# What is refused

REFUSED_LIKE = [
    (
        {"x": IrrepsArray("1o", np.ones(3))},
        {"x": IrrepsArray("1e", np.ones(3))},
        IrrepsError,
        "x holds 1x1o in the file and 1x1e in `like`: they differ only in parity: an inversion changes the sign of one "
        "and not of the other.\n"
        "  Numbers of one representation mean nothing in another: write load(path) to see what the file holds.",
    ),
    (
        {"x": IrrepsArray("1o+0e", np.ones(4))},
        {"x": IrrepsArray("0e+1o", np.ones(4))},
        IrrepsError,
        "x holds 1x1o+1x0e in the file and 1x0e+1x1o in `like`: the same representation in a different order, or cut "
        "into different segments.\n"
        "  Numbers of one representation mean nothing in another: write load(path) to see what the file holds.",
    ),
    (
        {"x": np.ones(3)},
        {"x": IrrepsArray("1e", np.ones(3))},
        IrrepsError,
        "x holds an array without irreps in the file and 1x1e in `like`: only one of them says how it transforms.\n"
        "  Numbers of one representation mean nothing in another: write load(path) to see what the file holds.",
    ),
    (
        {"w[0,0] 2x1o,1x1o": np.ones((2, 1)), "b": np.ones(1)},
        {"w[0,0] 2x1e,1x1e": np.ones((2, 1)), "b": np.ones(1)},
        IrrepsError,
        "the arrays of the file are not those of `like`: 1 only in the file, 1 only there.\n"
        "  `like` has 'w[0,0] 2x1e,1x1e', the file has 'w[0,0] 2x1o,1x1o'.\n"
        "  Nothing is renamed: write load(path) to see what the file holds.",
    ),
    (
        {"x": np.ones(3), "y": np.ones(3)},
        {"x": np.ones(3)},
        IrrepsError,
        "the arrays of the file are not those of `like`: 1 only in the file, 0 only there.\n"
        "  The file has 'y', `like` has no such.\n"
        "  Nothing is renamed: write load(path) to see what the file holds.",
    ),
    (
        {"x": np.ones(3)},
        {"x": np.ones(3), "y": np.ones(3)},
        IrrepsError,
        "the arrays of the file are not those of `like`: 0 only in the file, 1 only there.\n"
        "  `like` has 'y', the file has no such.\n"
        "  Nothing is renamed: write load(path) to see what the file holds.",
    ),
    (
        {"x": np.ones(3)},
        {"x": np.ones((3, 1))},
        LayoutError,
        "x has the shape (3,) in the file and (3, 1) in `like`.\n"
        "  Nothing is cast: write load(path), and change what it gives.",
    ),
    (
        {"x": np.ones(3)},
        {"x": np.ones(3, np.float32)},
        LayoutError,
        "x has the dtype float64 in the file and float32 in `like`.\n"
        "  Nothing is cast: write load(path), and change what it gives.",
    ),
]


@pytest.mark.parametrize(("stored", "like", "error", "message"), REFUSED_LIKE)
def test_nothing_is_relabelled_cast_or_left_out(path, stored, like, error, message):
    eqlib.save(path, stored)
    with pytest.raises(error) as raised:
        eqlib.load(path, like=like)
    assert str(raised.value) == message
    eqlib.load(path)  # as the message says to write


def test_weights_of_a_layer_are_refused_by_another_of_the_same_shapes(path):
    one, other = (Linear(f"4x{ir}").init(jax.random.key(0), IrrepsArray(f"2x{ir}", jnp.ones(6))) for ir in ("1o", "1e"))
    assert [w.shape for w in one.values()] == [w.shape for w in other.values()]
    eqlib.save(path, one)
    assert all(map(same_bits, eqlib.load(path, like=one).values(), one.values()))
    with pytest.raises(IrrepsError, match=r"`like` has 'w\[0,0\] 2x1e,4x1e', the file has 'w\[0,0\] 2x1o,4x1o'"):
        eqlib.load(path, like=other)


REFUSED_TREE = [
    ({"x": "text"}, "x is of type str, and must be an array."),
    ("text", "the tree is of type str, and must be an array."),
    ({"": np.ones(1)}, 'a key of the tree is "", and names nothing.\n  Write another key.'),
    (
        {"k": jax.random.key(0)},
        "k is a key of random numbers, which is no array.\n  Write jax.random.key_data(key).",
    ),
    (
        {"c": np.ones(2, complex)},
        "cannot save c holds complex128, which a safetensors file cannot: it has bool, uint8, int8, uint16, int16, "
        "float16, bfloat16, uint32, int32, float32, uint64, int64, float64.\n  Write x.astype(jnp.float32), or leave "
        "it out.",
    ),
]


@pytest.mark.parametrize(("tree", "message"), REFUSED_TREE)
def test_what_is_no_tree_of_arrays_is_refused_and_leaves_the_file(path, tree, message):
    eqlib.save(path, TREE)
    before = path.read_bytes()
    with pytest.raises(LayoutError) as raised:
        eqlib.save(path, tree)
    assert str(raised.value) == message
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


def test_the_name_of_the_irreps_in_the_metadata_is_taken(path):
    with pytest.raises(LayoutError) as raised:
        eqlib.save(path, TREE, metadata={"irreps": "1o"})
    assert str(raised.value) == 'metadata has "irreps", which is written from the tree.\n  Give it another name.'


@pytest.mark.parametrize("length", [0, 4, 8, 40, -1])
def test_a_file_that_is_cut_short_or_goes_on_is_refused(path, length):
    eqlib.save(path, TREE)
    whole = path.read_bytes()
    for content in (whole[:length], b"{" + whole[1:], whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(
            LayoutError, match=r"tree\.safetensors is no safetensors file: .*\n  Write such a file with eqlib"
        ):
            eqlib.load(path)


WRITER = """
import sys
from eqlib import _atomic
while True:
    for byte in (b"a", b"b"):
        _atomic.write(sys.argv[1], byte * 300_000)
        print("written", flush=True)
"""


def test_a_writer_that_is_killed_leaves_a_whole_file(tmp_path):
    path = tmp_path / "file"
    for kill in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(5 + 7 * kill):
            writer.stdout.readline()
        writer.kill()
        writer.wait()
        writer.stdout.close()
        content = path.read_bytes()
        assert len(content) == 300_000 and len(set(content)) == 1


def test_a_file_that_cannot_be_renamed_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        eqlib.save(tmp_path / "folder", TREE)
    assert os.listdir(tmp_path) == ["folder"]
