"""Functions that are written for one precision, checked in another, while JAX is told to promote no dtypes.

Weights in float32 and a field in float64 meet in a check, and not where the function is used. So what runs in one
precision under its user's setting, is given those promotions in the other.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from eqlib.testing.arithmetic import double_precision
from eqlib.testing.one_precision import in_single_precision, raised
from eqlib.testing.program import program
from eqlib.testing.settings import is_refused_promotion, promoting, refuses_promotion
from eqlib.testing.symmetries import Runner

_NOTE = "dtypes are promoted in {}, which JAX is told to refuse: the function runs without that in {} alone"


@contextlib.contextmanager
def promoted_where_it_must_be(fn: Any, in_: Any, out: Any, **options: Any) -> Iterator[tuple[str, ...]]:
    """What a reader should know: inside, dtypes are promoted if the function refuses one precision, and takes another.

    The function is called once more for each precision, if JAX is told to promote no dtypes.
    """
    if not refuses_promotion():
        yield ()
        return
    refused = _refused(fn, in_, out, options)
    if refused is None:
        yield ()
        return
    alone = {"float64": "float32", "float32": "float64"}[refused]
    with promoting():
        yield (_NOTE.format(refused, alone),)


def _refused(fn: Any, in_: Any, out: Any, options: dict[str, Any]) -> str | None:
    """The precision in which dtypes meet that JAX is told not to promote, if there are none such in the other."""
    try:
        with double_precision():
            made = program(fn, in_, out, **options)
    except Exception:  # whatever else it raises, others say
        found = in_single_precision(fn, in_, out, **options)
        return "float64" if found is not None and is_refused_promotion(found[1]) else None
    if made.traced:
        error = raised(Runner(made, np.float32))
        return "float32" if error is not None and is_refused_promotion(error) else None
    if made.untraced.startswith(jax.dtypes.TypePromotionError.__name__):  # NumPy promotes where JAX does not
        with jax.enable_x64(False):
            return "float64" if program(fn, in_, out, **options).traced else None
    return None
