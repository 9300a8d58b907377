"""scatter_sum, scatter_mean and scatter_max agree with e3nn-jax in float64, where e3nn-jax is right."""

import numpy as np
import pytest

from spec import o3
from spec.scatter import scatter_max, scatter_mean, scatter_sum
from tests.spec.e3nn_jax.samples import RNG, agree, array, compiled, e3nn, jnp


@pytest.mark.parametrize(
    "ours, theirs", [(f, getattr(e3nn, f.__name__)) for f in (scatter_sum, scatter_mean, scatter_max)]
)
def test_scatter(ours, theirs):
    text, x = "5x0e", RNG.normal(size=(6, 5))
    irreps, dst, nel = o3.parse(text), np.array([3, 1, 3, 3, 0, 1]), np.array([1, 0, 3, 2, 0])
    agree(
        ours(irreps, x, dst=dst, output_size=5), compiled(theirs, array(text, x), dst=jnp.asarray(dst), output_size=5)
    )
    agree(
        ours(irreps, x, dst=dst - 2, map_back=True),
        compiled(theirs, array(text, x), dst=jnp.asarray(dst - 2), map_back=True),
    )
    agree(ours(irreps, x, nel=nel), compiled(theirs, array(text, x), nel=jnp.asarray(nel)))
    if theirs is not e3nn.scatter_mean:  # which needs jax.tree_map there
        agree(
            ours(irreps, x, nel=nel, map_back=True),
            compiled(theirs, array(text, x), nel=jnp.asarray(nel), map_back=True),
        )
    if theirs is e3nn.scatter_max:
        agree(
            ours(irreps, x, dst=dst, output_size=5, initial=0.2),
            theirs(array(text, x), dst=jnp.asarray(dst), output_size=5, initial=0.2),
        )
