"""The messages of what makes an array, of numbers or of other arrays."""
# ruff: noqa: E501  (messages stand on their own lines)

import jax
import jax.numpy as jnp
import numpy as np

from eqlib import IrrepsError, LayoutError
from tests.messages.case import Case, array, xy

CASES = [
    Case(
        "IrrepsArray('1o', jnp.ones(4))",
        LayoutError,
        "IrrepsArray: Array shape (4,) incompatible with irreps 1x1o: the last axis must have length 3, the dimension of "
        "1x1o.\n"
        "  Write IrrepsArray('4x0e', array), if the numbers are scalars.",
        "IrrepsArray('4x0e', jnp.ones(4))",
        {},
    ),
    Case(
        "IrrepsArray('1o', values)",
        LayoutError,
        "IrrepsArray: set is not an array; the last axis must have length 3 for 1x1o.\n"
        "  Write IrrepsArray('1x1o', jnp.asarray(values)).",
        None,
        {"values": {1.0, 2.0, 3.0}},
    ),
    Case(
        "IrrepsArray(irreps, x)",
        LayoutError,
        "IrrepsArray: the array already has irreps, 2x1o.\n"
        "  Write x.rechunk(irreps) to cut it otherwise, IrrepsArray(irreps, x.array) to give it a new meaning.",
        "x.rechunk(irreps)",
        {"x": array("2x1o"), "irreps": "1o + 1o"},
    ),
    Case(
        "stack([x, y])",
        IrrepsError,
        "cannot stack 1x0e+1x1o and 1x1o+1x0e: the same representation in a different order.\n"
        "  Write stack([x.regroup(), y.regroup()], axis=0).",
        "stack([x.regroup(), y.regroup()], axis=0)",
        xy("0e + 1o", "1o + 0e"),
    ),
    Case(
        "concatenate([x, y])",
        LayoutError,
        "cannot concatenate arrays whose other leading axes are (2,) and (): they must be equal.\n"
        "  Write x.broadcast_to((*leading_shape, -1)) first.",
        "concatenate([x, y.broadcast_to((*leading_shape, -1))])",
        {"x": array("1o", 2), "y": array("1o"), "leading_shape": (2,)},
    ),
    Case(
        "where(mask, x, y)",
        LayoutError,
        "where: the last axis of the mask has length 3; it must be 1, or 2 for the 2 copies of 1x0e+1x1o.\n"
        "  Write where(mask[..., None], x, y) for a mask of the leading axes.",
        "where(mask[..., None], x, y)",
        {"mask": jnp.ones(3, bool), "x": array("0e + 1o", 3), "y": array("0e + 1o", 3)},
    ),
    Case(
        "from_chunks('1o', [None], (), None)",
        LayoutError,
        "from_chunks: no chunk tells the dtype, since there is none or all are None.\n"
        "  Write from_chunks('1x1o', chunks, (), jnp.float32).",
        "from_chunks('1x1o', chunks, (), jnp.float32)",
        {"chunks": [None]},
    ),
    Case(
        "from_chunks('', [], (2,))",
        LayoutError,
        "from_chunks: no chunk tells the dtype, since there is none or all are None.\n"
        "  Write from_chunks('', chunks, (2,), jnp.float32).",
        "from_chunks('', chunks, (2,), jnp.float32)",
        {"chunks": []},
    ),
    Case(
        "normal('', None, (2,))",
        ValueError,
        "normal: random numbers need a key, for the same key gives the same numbers.\n"
        "  Write normal('', jax.random.key(0)).",
        "normal('', jax.random.key(0))",
        {},
    ),
    Case(
        "x.at[..., ''].set(1.0)",
        NotImplementedError,
        "cannot set values at an index of Irreps(): float has no irreps, and only 0 needs none.\n"
        "  Write x.at[index].set(IrrepsArray('', values)).",
        "x.at[index].set(IrrepsArray('', values))",
        {"x": array("1o"), "index": (..., ""), "values": jnp.ones(0)},
    ),
    Case(
        "Irreps() * Irreps('1o')",
        NotImplementedError,
        "Irreps() * 1x1o is no product of numbers; write tensor_product('', '1x1o').",
        "tensor_product('', '1x1o')",
        {},
    ),
    Case(
        "from_chunks('2x1o', [jnp.ones((3, 2))], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (3, 2); the leading shape, the multiplicity and the dimension of the "
        "irrep make (2, 3).\n"
        "  Write chunk.swapaxes(-1, -2), if its last axis is that of the copies.",
        "from_chunks('2x1o', [chunk.swapaxes(-1, -2)], ())",
        {"chunk": jnp.ones((3, 2))},
    ),
    Case(
        "as_irreps_array(a)",
        LayoutError,
        "as_irreps_array: an array without axes has no axis for the irreps.\n"
        "  Write as_irreps_array(jnp.reshape(a, 1)).",
        "as_irreps_array(jnp.reshape(a, 1))",
        {"a": 1.0},
    ),
    Case(
        "IrrepsArray('1o', texts)",
        LayoutError,
        "IrrepsArray: an array of dtype <U1 has no numbers, which alone rotate.\n"
        "  Write IrrepsArray('1x1o', array.astype(float)), if its values are numbers.",
        "IrrepsArray('1x1o', array.astype(float))",
        {"texts": np.array(["a", "b", "c"]), "array": np.array(["1", "2", "3"])},
    ),
    Case(
        "IrrepsArray('1o', objects)",
        LayoutError,
        "IrrepsArray: an array of dtype object has no numbers, which alone rotate.\n"
        "  Write IrrepsArray('1x1o', array.astype(float)), if its values are numbers.",
        None,
        {"objects": np.array([1, 2.0, None])},
    ),
    Case(
        "where(mask, x, y)",
        LayoutError,
        "where: the mask has dtype float64, and a choice is between true and false.\n"
        "  Write where(mask != 0, x, y) for x at every number but 0.",
        "where(mask != 0, x, y)",
        xy("1o", "1o", mask=np.ones(1)),
    ),
    Case(
        "mapped.chunks",
        LayoutError,
        "an IrrepsArray of 2x0e+1x1o holds an array of shape (7,), whose last axis is not their 5 components: a map over "
        "a tree of arrays put it there.\n"
        "  Write f(x.array) for a function whose values have no irreps, sum(x, axis=0) for a sum over rows.",
        "f(x.array), sum(x, axis=0)",
        {
            "mapped": jax.tree.map(lambda a: a.sum(-1), array("2x0e + 1o", 7)),
            "x": array("2x0e + 1o", 7),
            "f": lambda a: a.sum(-1),
        },
    ),
    Case(
        "zeros_like(3)",
        LayoutError,
        "zeros_like: int has no irreps.\n"
        "  Write zeros_like(as_irreps_array(x)) for scalars, jnp.zeros_like(x) for an array without irreps.",
        "zeros_like(as_irreps_array(x)), jnp.zeros_like(x)",
        {"x": jnp.ones(3)},
    ),
    Case(
        "ones_like(values)",
        LayoutError,
        "ones_like: ndarray has no irreps.\n"
        "  Write ones_like(as_irreps_array(x)) for scalars, jnp.ones_like(x) for an array without irreps.",
        "ones_like(as_irreps_array(x)), jnp.ones_like(x)",
        {"values": np.ones(3), "x": jnp.ones(3)},
    ),
    Case(
        "tensor_product(x, None)",
        LayoutError,
        "NoneType is no array of numbers, and was to be read as scalars.\n"
        "  Write an IrrepsArray, or for scalars an array: jnp.ones(3).",
        "tensor_product(x, jnp.ones(3))",
        {"x": array("1o")},
    ),
    Case(
        "normal('1o', 1)",
        ValueError,
        "normal: random numbers need a key, which 1 is not, for the same key gives the same numbers.\n"
        "  Write normal('1x1o', jax.random.key(1)).",
        "normal('1x1o', jax.random.key(1))",
        {},
    ),
    Case(
        "normal('1o')",
        ValueError,
        "normal: random numbers need a key, for the same key gives the same numbers.\n"
        "  Write normal('1x1o', jax.random.key(0)).",
        "normal('1x1o', jax.random.key(0))",
        {},
    ),
    Case(
        "IrrepsArray('1o', array)",
        LayoutError,
        "IrrepsArray: Array shape (2, 6) incompatible with irreps 1x1o: the last axis must have length 3, the dimension of 1x1o.\n"
        "  Write IrrepsArray('2x1o', array) for 2 copies.",
        "IrrepsArray('2x1o', array)",
        {"array": jnp.ones((2, 6))},
    ),
    Case(
        "IrrepsArray('2x1o', array)",
        LayoutError,
        "IrrepsArray: Array shape (7, 2, 3) incompatible with irreps 2x1o: the last axis must have length 6, the dimension of 2x1o.\n"
        "  Write IrrepsArray('2x1o', array.reshape((*array.shape[:-2], -1))), if the copies have an axis.",
        "IrrepsArray('2x1o', array.reshape((*array.shape[:-2], -1)))",
        {"array": jnp.ones((7, 2, 3))},
    ),
    Case(
        "IrrepsArray('0e', array)",
        LayoutError,
        "IrrepsArray: Array shape () incompatible with irreps 1x0e: the last axis must have length 1, the dimension of 1x0e.\n"
        "  Write IrrepsArray('0e', array[None]) for one scalar.",
        "IrrepsArray('0e', array[None])",
        {"array": jnp.ones(())},
    ),
    Case(
        "from_chunks('2x1o', [chunk], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (6,); the leading shape, the multiplicity and the dimension of the irrep make (2, 3).\n"
        "  Write chunk.reshape((2, 3)).",
        "from_chunks('2x1o', [chunk.reshape((2, 3))], ())",
        {"chunk": jnp.ones((6,))},
    ),
    Case(
        "from_chunks('2x1o', [chunk], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (3, 3); the leading shape, the multiplicity and the dimension of the irrep make (2, 3).\n"
        "  Write '3x1o' for these copies, or chunk[..., :2, :] for the first.",
        "from_chunks('3x1o', [chunk], ()), from_chunks('2x1o', [chunk[..., :2, :]], ())",
        {"chunk": jnp.ones((3, 3))},
    ),
    Case(
        "from_chunks('2x1o', [chunk], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (5, 2, 3); the leading shape, the multiplicity and the dimension of the irrep make (2, 3).\n"
        "  Write (5,) for the leading shape.",
        "from_chunks('2x1o', [chunk], (5,))",
        {"chunk": jnp.ones((5, 2, 3))},
    ),
    Case(
        "from_chunks('2x1o', [chunk], ())",
        LayoutError,
        "from_chunks: chunk 0, for 2x1o, has shape (2, 5); the leading shape, the multiplicity and the dimension of the irrep make (2, 3).\n"
        "  Write jnp.zeros((2, 3)), or None, for zeros.",
        "from_chunks('2x1o', [jnp.zeros((2, 3))], ()), from_chunks('2x1o', [None], (), float)",
        {"chunk": jnp.ones((2, 5))},
    ),
    Case(
        "from_chunks('0e + 1o', chunks, ())",
        LayoutError,
        "from_chunks: 1 chunks for the 2 segments of 1x0e+1x1o: each has one.\n"
        "  Write [*chunks, None], with zeros in the last.",
        "from_chunks('0e + 1o', [*chunks, None], ())",
        {"chunks": [jnp.ones((1, 1))]},
    ),
    Case(
        "from_chunks('0e', chunks, ())",
        LayoutError,
        "from_chunks: 2 chunks for the 1 segments of 1x0e: each has one.\n"
        "  Write chunks[:1].",
        "from_chunks('0e', chunks[:1], ())",
        {"chunks": [jnp.ones((1, 1))] * 2},
    ),
    Case(
        "IrrepsArray(array, '1o')",
        LayoutError,
        "IrrepsArray: the first argument is an array of shape (3,), and must be the irreps of its last axis.\n"
        "  Write IrrepsArray('1o', array).",
        "IrrepsArray('1o', array)",
        {"array": jnp.ones(3)},
    ),
    Case(
        "IrrepsArray(array, array)",
        LayoutError,
        "IrrepsArray: the first argument is an array of shape (4,), and must be the irreps of its last axis.\n"
        "  Write IrrepsArray('0e + 1o', array).",
        "IrrepsArray('0e + 1o', array)",
        {"array": np.ones(4)},
    ),
    Case(
        "normal('1o', jax.random.key(0), (-1,))",
        ValueError,
        "the shape (-1,) has an axis of length -1, and a length is an integer, 0 or more.\n"
        "  Write (2, 3) for two axes, 2 for one, () for none.",
        "[normal('1o', jax.random.key(0), shape) for shape in ((2, 3), 2, ())]",
        {},
    ),
    Case(
        "zeros('1o', 2.5)",
        ValueError,
        "the shape 2.5 has an axis of length 2.5, and a length is an integer, 0 or more.\n"
        "  Write (2, 3) for two axes, 2 for one, () for none.",
        "[zeros('1o', shape) for shape in ((2, 3), 2, ())]",
        {},
    ),
    Case(
        "rand_matrix(jax.random.key(0), (3, None))",
        ValueError,
        "the shape (3, None) has an axis of length None, and a length is an integer, 0 or more.\n"
        "  Write (2, 3) for two axes, 2 for one, () for none.",
        "[rand_matrix(jax.random.key(0), shape) for shape in ((2, 3), 2, ())]",
        {},
    ),
]  # fmt: skip
