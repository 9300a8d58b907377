"""Message passing on a graph.

    z[n]  =  sum over the edges e with receiver n  of  w[e] (x[sender of e] * y[e])

The product is `tensor_product`; w[e] has a number for each copy of an irrep in it, in the order of its output.  x is
[nodes, dim(irreps1)], y is [edges, dim(irreps2)], w is [edges, copies]; an edge whose sender or receiver is no node is
left out.
"""

import numpy as np

from spec.o3 import dim
from spec.tensor_product import tensor_product

LAWS = {"conv": ("equivariant", "trilinear", "permutation_invariant")}


def conv(irreps1, x, irreps2, y, irreps_w=None, w=None, *, senders, receivers, num_nodes, **options):
    """(irreps3, z).  `options` are those of `tensor_product`; without w every weight is 1."""
    assert len(senders) == len(y), "one row of y per edge"
    assert len(x) == num_nodes, "one row of x per node"
    nothing = np.zeros(dim(irreps1)), np.zeros(dim(irreps2))
    irreps3, zero = tensor_product(irreps1, nothing[0], irreps2, nothing[1], **options)
    z = np.zeros((num_nodes, len(zero)))
    for e, (sender, receiver) in enumerate(zip(senders, receivers, strict=True)):
        if 0 <= sender < num_nodes and 0 <= receiver < num_nodes:
            _, message = tensor_product(irreps1, x[sender], irreps2, y[e], **options)
            z[receiver] += message if w is None else times_copies(irreps3, message, w[e])
    return irreps3, z


def times_copies(irreps, x, w):
    """x with each copy of an irrep multiplied by a number of its own."""
    sizes = [2 * l + 1 for mul, l, p in irreps for _ in range(mul)]
    return np.concatenate([np.zeros(0), *(np.full(size, number) for size, number in zip(sizes, w, strict=True))]) * x
