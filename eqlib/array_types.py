"""Arrays in annotations, with their dtypes and named axes: `Float[Array, "*batch 3 3"]`.

The test suite checks them at every call: an axis of one name has one length, `*batch` stands for any number of axes,
`#` for axes that broadcast, and `{2*l+1}` is computed from the arguments. (A name alone begins with a space, " atoms",
for a linter takes it for the name of a type.) The suite loads jaxtyping before it imports eqlib; anywhere else an
annotation is the type in its brackets, so that `import eqlib` needs jax and numpy alone and pays for no check.

`Array` is one of NumPy or of JAX alike; where it must be one of JAX, the brackets have `jax.Array`.
"""

import sys
from typing import TYPE_CHECKING, Any

# Arrays of NumPy and of JAX alike, tracers included; and what a function makes such an array of: numbers and lists too.
Array = Any
ArrayLike = Any

# The length of an axis: a number; or a symbol of one, in a program that jax.export writes for any number of atoms.
Extent = Any
Shape = tuple[Extent, ...]

if TYPE_CHECKING:
    from typing import Annotated as Bool
    from typing import Annotated as Float
    from typing import Annotated as Inexact
    from typing import Annotated as Integer
    from typing import Annotated as Key
    from typing import Annotated as Num
    from typing import Annotated as Real
    from typing import Annotated as Shaped
    from typing import Annotated as UInt32
elif "jaxtyping" in sys.modules:
    from jaxtyping import Bool, Float, Inexact, Integer, Key, Num, Real, Shaped, UInt32
else:

    class _Unchecked:
        """The type of an array, whatever is said of its axes."""

        def __getitem__(self, array_and_axes: tuple[Any, str]) -> Any:
            return array_and_axes[0]

    Bool = Float = Inexact = Integer = Key = Num = Real = Shaped = UInt32 = _Unchecked()

# What JAX draws random numbers from: a key of the present kind, or of the former one, which is an array of integers.
RandomKey = Key[Array, ""] | UInt32[Array, " words"]

__all__ = [
    "Array",
    "ArrayLike",
    "Bool",
    "Extent",
    "Float",
    "Inexact",
    "Integer",
    "Num",
    "RandomKey",
    "Real",
    "Shape",
    "Shaped",
]
