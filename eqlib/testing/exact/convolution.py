"""A convolution over exact numbers: as a product of matrices, of patches and of the kernel."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.testing.exact.domain import Domain, Operand, Undecided
from eqlib.testing.exact.moves import lifted


def convolved(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    """The sums over the kernel, of one group of channels."""
    if params["feature_group_count"] != 1 or params["batch_group_count"] != 1:
        raise Undecided("a convolution in groups of channels")
    numbers = params["dimension_numbers"]
    image, kernel = (
        x.moved(x.data.transpose(0, *(axis + 1 for axis in axes)))
        for x, axes in zip((lifted(domain, x) for x in inputs), (numbers.lhs_spec, numbers.rhs_spec), strict=True)
    )
    count = int(np.prod(image.shape, dtype=int))
    # Which entries each sum is of, from 1; 0 is what was padded.
    patches = jax.lax.conv_general_dilated_patches(
        1.0 + jnp.arange(float(count)).reshape(image.shape),
        kernel.shape[2:],
        params["window_strides"],
        params["padding"],
        params["lhs_dilation"],
        params["rhs_dilation"],
        precision=jax.lax.Precision.HIGHEST,
    )
    places = np.moveaxis(np.rint(np.asarray(patches)).astype(int), 1, -1)  # [sample, *place, channel and tap]
    zero = domain.lift(np.zeros(1)).data
    pool = np.concatenate([zero, image.data.reshape(domain.slots, -1)], axis=1)
    rows = pool[:, places.reshape(1, -1, places.shape[-1])]
    columns = np.swapaxes(kernel.data.reshape(domain.slots, 1, kernel.shape[0], -1), -1, -2)
    z = domain.matmul(image.moved(rows), kernel.moved(columns))
    data = np.moveaxis(z.data.reshape(domain.slots, *places.shape[:-1], kernel.shape[0]), -1, 2)
    return [z.moved(data.transpose(0, *(1 + int(n) for n in np.argsort(numbers.out_spec))))]
