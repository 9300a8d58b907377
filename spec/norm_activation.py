"""Each copy of an irrep times a function of its length: z = phi(|x|) x.  The length is invariant, so any phi will do.

component   |x| = sqrt(sum_i x_i^2 / dim), which is 1 when the components are of size 1
norm        |x| = sqrt(sum_i x_i^2)
"""

import numpy as np

from spec.o3 import assemble, segments

LAWS = {"norm_activation": ("equivariant",)}


def norm_activation(irreps, x, acts, *, normalization="component"):
    """(irreps, z).  `acts`: a function per segment, or None to leave it.  A copy that is 0 remains 0."""
    activated = []
    for (ir, x1), act in zip(segments(irreps, x), acts, strict=True):
        z1 = np.array(x1)
        for u in range(len(x1)) if act is not None else ():
            length = np.sqrt(np.sum(x1[u] ** 2) / {"component": x1.shape[1], "norm": 1}[normalization])
            z1[u] = act(length) * x1[u] if length > 0 else 0
        activated.append((ir, z1))
    return assemble(activated)
