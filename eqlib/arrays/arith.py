"""The operations of the vector space, and products with scalars: what of ``+ - * / ** ==`` is equivariant."""

import operator
from collections.abc import Callable
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Shape, Shaped
from eqlib.arrays.align import align, per_component
from eqlib.arrays.base import IrrepsArrayBase
from eqlib.errors import IrrepsError, LayoutError
from eqlib.explain import SIDE_BY_SIDE, leading_axes_mismatch, mismatch
from eqlib.o3 import Irreps, namespace, present

Binary = Callable[[Any, Any], Any]

_NUMBERS = (int, float, complex, np.generic, np.ndarray, jax.Array)


def is_number(value: object) -> bool:
    """True for numbers and arrays, of Python, NumPy and JAX, and for lists of them, which stand for arrays."""
    return isinstance(value, _NUMBERS) or _is_list(value)


def _is_list(value: object) -> bool:
    """True for a list or tuple, which may stand for an array; not for Irreps, which are a tuple of another kind."""
    return type(value) in (list, tuple)


def _is_list_of_numbers(value: object) -> bool:
    return all(isinstance(leaf, _NUMBERS) for leaf in jax.tree.leaves(value, is_leaf=lambda leaf: leaf is None))


def is_zero(value: object) -> bool:
    """True for a literal 0, the one constant that no rotation changes whatever its irrep."""
    return isinstance(value, int | float) and bool(value == 0)


class Arithmetic(IrrepsArrayBase):
    """The operators of an IrrepsArray."""

    def __neg__(self) -> Self:
        return self._new(self.irreps, -self.array)

    def __add__(self, other: object) -> Self:
        return self._sum(other, operator.add, "add {x} and {y}", "{x} + {y}")

    def __radd__(self, other: object) -> Self:
        return self + other

    def __sub__(self, other: object) -> Self:
        return self._sum(other, operator.sub, "subtract {y} from {x}", "{x} - {y}")

    def __rsub__(self, other: object) -> Self:
        return -self + other

    def _sum(self, other: object, op: Binary, verb: str, formula: str) -> Self:
        if isinstance(other, IrrepsArrayBase):
            self._require_equal(other, verb, formula, SIDE_BY_SIDE)
            return self._new(self.irreps, op(self.array, other.array))
        if not is_number(other):
            return NotImplemented
        what = f"cannot {verb.format(x=self.irreps, y=_name(other))}"
        if not is_zero(other) and not all(ir.is_scalar() for ir in present(self.irreps)):
            raise IrrepsError(
                f"{what}: only 0e may be shifted by a constant other than the literal 0, and the irreps are not all "
                "0e: rotations or the inversion change the array and not the constant.\n"
                "  To keep both side by side: concatenate([x, as_irreps_array(constant)]), the constant as an array "
                "with the leading axes of x."
            )
        other = self._scalars(other, what, formula)
        return self._new(self.irreps, op(self.array, other))

    def __mul__(self, other: object) -> Self:
        if isinstance(other, IrrepsArrayBase):
            return self._product(other, operator.mul, "multiply {x} by {y}")
        if not is_number(other):
            return NotImplemented
        return self._new(self.irreps, self.array * self._factor(other, f"cannot multiply {self.irreps} by", "*"))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Self:
        if isinstance(other, IrrepsArrayBase):
            if any(ir.l > 0 for ir in present(other.irreps)):
                raise IrrepsError(
                    f"cannot divide {self.irreps} by {other.irreps}: an irrep of degree l > 0 has no inverse that "
                    "rotates with it.\n  To divide by its length, write x / norm(y)."
                )
            return self._product(other, operator.truediv, "divide {x} by {y}")
        if not is_number(other):
            return NotImplemented
        return self._new(self.irreps, self.array / self._factor(other, f"cannot divide {self.irreps} by", "/"))

    def __rtruediv__(self, other: object) -> Self:
        if not is_number(other):
            return NotImplemented
        what = f"cannot divide {_name(other)} by {self.irreps}"
        if any(ir.l > 0 for ir in present(self.irreps)):
            raise IrrepsError(
                f"{what}: an irrep of degree l > 0 has no inverse that rotates with it.\n"
                "  To divide by its length, write 1 / norm(x)."
            )
        return self._new(self.irreps, self._scalars(other, what, "{y} / {x}") / self.array)

    def __pow__(self, exponent: object) -> Self:
        if not is_number(exponent):
            return NotImplemented
        what = f"cannot raise {self.irreps} to the power {exponent}"
        if any(ir.l > 0 for ir in present(self.irreps)):
            raise IrrepsError(
                f"{what}: the powers of the components of an irrep of degree l > 0 do not rotate as an irrep.\n"
                "  Write norm(x) ** exponent for its length, tensor_square(x) for its products with itself."
            )
        irreps = self.irreps
        if not all(ir.is_scalar() for _, ir in irreps):
            is_single = isinstance(exponent, int | float | complex | np.generic)
            is_whole = is_single and np.isreal(exponent) and exponent.real % 1 == 0
            if not is_whole and not all(ir.is_scalar() for ir in present(irreps)):
                raise IrrepsError(
                    f"{what}: under inversion 0o changes sign, and its power keeps a parity only if the exponent is an "
                    "integer known in advance.\n  Write norm(x) ** exponent for the power of its absolute value."
                )
            if is_whole and exponent.real % 2 == 0:  # type: ignore[union-attr]
                irreps = Irreps([(mul, "0e") for mul, _ in irreps])
        return self._new(irreps, self.array ** self._scalars(exponent, what, "{x} ** {y}"))

    def __eq__(self, other: object) -> Self:  # type: ignore[override]
        return self._compare(other, operator.eq, "{x} == {y}", "all")

    def __ne__(self, other: object) -> Self:  # type: ignore[override]
        return self._compare(other, operator.ne, "{x} != {y}", "any")

    def _compare(self, other: object, op: Binary, formula: str, over_components: str) -> Self:
        """One invariant boolean for every copy: an irrep equals another if all of its components do."""
        if isinstance(other, IrrepsArrayBase):
            same = formula.format(x="x.irreps", y="y.irreps")
            otherwise = f"No component of one is a component of the other. Write {same} to compare the irreps alone."
            self._require_equal(other, "compare {x} and {y}", formula, otherwise)
            other = other.array
        elif not is_number(other) or (_is_list(other) and not _is_list_of_numbers(other)):
            return NotImplemented
        elif not is_zero(other):
            what = f"cannot compare {self.irreps} and {_name(other)}"
            if not all(ir.is_scalar() for ir in present(self.irreps)):
                raise IrrepsError(
                    f"{what}: rotations or the inversion change the array and not the constant, so the answer would "
                    "not be invariant.\n  Write x == 0, or compare invariants: norm(x) == constant."
                )
            other = self._scalars(other, what, formula)
        result = Arithmetic(self.irreps, op(self.array, other))
        xp = namespace(result.array)
        copies = [getattr(xp, over_components)(chunk, axis=-1) for chunk in result.chunks]
        invariants = Irreps([(mul, "0e") for mul, _ in self.irreps])
        return self._new(invariants, xp.concatenate(copies, axis=-1) if copies else result.array.astype(bool))

    def _require_equal(self, other: IrrepsArrayBase, verb: str, formula: str, otherwise: str) -> None:
        what = f"cannot {verb.format(x=self.irreps, y=other.irreps)}"
        if self.irreps != other.irreps:
            raise mismatch(what, self.irreps, other.irreps, lambda x, y: formula.format(x=x, y=y), otherwise)
        broadcast_leading(what, self.shape[:-1], other.shape[:-1])

    def _scalars(self, other: Any, what: str, formula: str) -> Any:
        """`other` as a constant that fits the scalars of this array: one for all, or one for each."""
        name, other = self._array(other, what)
        shape = np.shape(other)
        if shape and shape[-1] not in (1, self.irreps.dim):
            y = f"{name}[..., None]" if shape == self.shape[:-1] else f"{name}[..., :1]"
            raise LayoutError(
                f"{what}: the last axis of the constant has length {shape[-1]}; it must be 1, or one value for each of "
                f"the {self.irreps.dim} scalars.\n  Write {formula.format(x='x', y=y)} for one value."
            )
        broadcast_leading(what, self.shape[:-1], shape[:-1])
        return other

    def _array(self, other: Any, what: str) -> tuple[str, Any]:
        """What a hint calls the number or array `other`, and `other`, a list being made an array."""
        if not _is_list(other):
            return "a", other
        try:
            if not _is_list_of_numbers(other):
                raise TypeError
            array = namespace(self.array, *jax.tree.leaves(other)).asarray(other)
        except (TypeError, ValueError):
            raise LayoutError(
                f"{what}: it is no array, but of anything else than numbers, or of rows of different lengths.\n"
                "  Write jnp.array([1.0]) for one number, jnp.array([[1.0], [2.0]]) for one in each of two rows."
            ) from None
        return "jnp.array(a)", array

    def _factor(self, other: Any, what: str, symbol: str) -> Any:
        """`other` as a factor of the components: one for all of them, or one for every copy of an irrep."""
        name, other = self._array(other, f"{what} a list")
        shape, copies = np.shape(other), self.irreps.num_irreps
        if shape == ():
            return other
        what = f"{what} an array of shape {shape}"
        if shape[-1] not in (1, copies):
            hint = f"{name}[..., None]" if shape == self.shape[:-1] else f"{name}[..., :1]"
            other_product = ", or elementwise_tensor_product(x, y) for irreps" if symbol == "*" else ""
            raise IrrepsError(
                f"{what}: its last axis has length {shape[-1]}; a factor is common to all components of a copy, "
                f"since different factors do not commute with rotations: 1 factor, or {copies} for the {copies} "
                f"copies.\n  Write x {symbol} {hint} for 1 factor{other_product}."
            )
        broadcast_leading(what, self.shape[:-1], shape[:-1])
        return other if shape[-1] == 1 and copies != 1 else per_component(self.irreps, other)

    def _product(self, other: IrrepsArrayBase, op: Binary, verb: str) -> Self:
        """Copy by copy, where one of the two is a scalar; the parities multiply."""
        what = f"cannot {verb.format(x=self.irreps, y=other.irreps)}"
        if self.irreps.num_irreps != other.irreps.num_irreps:
            raise IrrepsError(
                f"{what}: the first has {self.irreps.num_irreps} copies and the second {other.irreps.num_irreps}, and "
                "the product goes copy by copy.\n  Write tensor_product(x, y) for all products of the copies."
            )
        leading_shape = broadcast_leading(what, self.shape[:-1], other.shape[:-1])
        irreps1, irreps2 = align(self.irreps, other.irreps)
        if any(mul > 0 and ir1.l > 0 and ir2.l > 0 for (mul, ir1), (_, ir2) in zip(irreps1, irreps2, strict=True)):
            raise IrrepsError(
                f"{what}: the product of two irreps of degree l > 0 is not an irrep but a sum of several.\n"
                "  Write elementwise_tensor_product(x, y) for copy by copy, tensor_product(x, y) for all with all."
            )
        irreps3 = Irreps(
            [(mul, (max(ir1.l, ir2.l), ir1.p * ir2.p)) for (mul, ir1), (_, ir2) in zip(irreps1, irreps2, strict=True)]
        )
        x, y = Arithmetic(irreps1, self.array), Arithmetic(irreps2, other.array)
        products = [
            op(_few_axes(a), _few_axes(b)).reshape((*leading_shape, mul_ir.dim))
            for a, b, mul_ir in zip(x.chunks, y.chunks, irreps3, strict=True)
        ]
        if not products:
            return self._new(irreps3, op(x.array, y.array))
        return self._new(irreps3, namespace(*products).concatenate(products, axis=-1))


def _few_axes(chunk: Shaped[Array, "*batch mul dim"]) -> Shaped[Array, "..."]:
    """The components of some copies, without an axis of copies where there is one: [*batch, dim].

    A gradient sums over axes; on a CPU, XLA's sums of arrays with four took 12 times as long as with three.
    """
    return chunk[..., 0, :] if chunk.shape[-2] == 1 else chunk


def broadcast_leading(what: str, *shapes: Shape) -> Shape:
    """The common leading shape.

    Raises:  LayoutError, which begins with `what`, if there is none.
    """
    try:
        return jnp.broadcast_shapes(*shapes)
    except ValueError:
        raise leading_axes_mismatch(what, shapes) from None


def _name(constant: Any) -> str:
    """How a message calls a number or an array."""
    if _is_list(constant):
        return "a list"
    return f"a constant of shape {np.shape(constant)}" if np.shape(constant) else "a constant"
