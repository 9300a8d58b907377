"""Arrays in annotations, with their dtypes and named axes: `Float[Array, "*batch 3 3"]`.

The test suite checks them at every call. It loads jaxtyping before it imports eqlib; anywhere else they are Any, so
that `import eqlib` needs jax and numpy alone and pays for no check.
"""

import sys
from typing import TYPE_CHECKING, Any

# Arrays of NumPy and of JAX alike, tracers included.
Array = Any

if TYPE_CHECKING:
    from typing import Annotated as Float
elif "jaxtyping" in sys.modules:
    from jaxtyping import Float
else:

    class _Unchecked:
        """Any array at all, whatever stands in the brackets."""

        def __getitem__(self, _: Any) -> Any:
            return Any

    Float = _Unchecked()

__all__ = ["Array", "Float"]
