"""The layout inside of a lowering: every segment an array [rows, components, channels].

At the boundary a row is flat, and in a segment of it the components of a copy are neighbours (`mul_ir`). With the
channels last, the same component of all copies is contiguous, and arithmetic on it runs at the full width of a
processor.
"""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Inexact
from eqlib.plan import Segment


def channels_last(x: Inexact[Array, "rows size"], segments: Sequence[Segment]) -> list[Inexact[jax.Array, "rows _ _"]]:
    """The segments of flat rows, each [rows, components, channels]."""
    ends = np.cumsum([segment.size for segment in segments], dtype=int).tolist()
    return [
        x[:, end - segment.size : end].reshape(x.shape[0], math.prod(segment.extents), segment.dim).swapaxes(1, 2)
        for end, segment in zip(ends, segments, strict=True)
    ]


def flat_rows(parts: Sequence[Inexact[jax.Array, "rows _ _"]], rows: Extent) -> Inexact[jax.Array, "rows size"]:
    """The flat rows of segments [rows, components, channels]."""
    flat = [part.swapaxes(1, 2).reshape(rows, part.shape[1] * part.shape[2]) for part in parts]
    return jnp.concatenate(flat, axis=1) if flat else jnp.zeros((rows, 0))
