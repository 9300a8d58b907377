"""The group on exact numbers: elements of O(3) over a field, translations and permutations, and the Lie algebra."""

import dataclasses
from typing import Any

import numpy as np

from eqlib.array_types import Integer, Shaped
from eqlib.o3 import Surd, exact_clebsch_gordan
from eqlib.o3.to_matrix import exact_matrix_from_quaternion
from eqlib.testing.elements import Element
from eqlib.testing.exact.constants import Exact, of_surd
from eqlib.testing.exact.degree import CONSTANT
from eqlib.testing.exact.domain import Operand, Value
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.operands import Field, set_axes


@dataclasses.dataclass(frozen=True, eq=False)
class Action:
    """How one element acts on arrays of a field.

    matrix       its rotation, [slot, 3, 3]; None is the identity
    inverts      whether the inversion comes with it
    translation  [slot, 3]; None is none
    element      its permutations
    """

    domain: PrimeField
    matrix: Integer[np.ndarray, "slot 3 3"] | None = None
    inverts: bool = False
    translation: Integer[np.ndarray, "slot 3"] | None = None
    element: Element = Element()  # noqa: RUF009

    def on(self, one: Any, x: Operand) -> Operand:
        """The action on an operand: on the exact numbers of a field, or on the integers of a label or an index."""
        if not isinstance(x, Value):
            return self.element.act(one, x)
        data = x.data
        for axis, name in zip(set_axes(one, data.ndim), one.over, strict=True):
            if name in self.element.permutations:
                data = np.take(data, self.element.permutations[name], axis=axis)
        segments = [self._rotated(chunk, mul_ir) for chunk, mul_ir in _segments(one, data)]
        data = np.concatenate([data[..., :0], *segments], axis=-1)
        if one.is_position and self.translation is not None:
            shift = self.translation.reshape(self.domain.slots, *(1,) * (data.ndim - 2), 3)
            data = (data + shift) % self.domain.modulus(data.ndim)
        return x.moved(data)

    def _rotated(self, chunk: Integer[np.ndarray, "*shape"], mul_ir: Any) -> Integer[np.ndarray, "*shape"]:
        ir = mul_ir.ir
        if self.matrix is not None and ir.l > 0:
            rows = chunk.reshape(self.domain.slots, -1, ir.dim)
            D = np.swapaxes(wigner(self.domain, ir.l, self.matrix), -1, -2)
            chunk = self.domain.matmul(Value(rows, CONSTANT), Value(D, CONSTANT)).data.reshape(chunk.shape)
        if self.inverts and ir.p == -1:
            chunk = -chunk % self.domain.modulus(chunk.ndim)
        return chunk


def _segments(one: Field, data: Shaped[np.ndarray, "..."]) -> list[tuple[Shaped[np.ndarray, "..."], Any]]:
    return [(data[..., s], mul_ir) for mul_ir, s in zip(one.irreps, one.irreps.slices(), strict=True)]


def random_action(domain: PrimeField, *, inverts: bool, translates: bool) -> Action:
    """A random element of O(3) over the field, the same for all slots of one prime, with or without a translation."""
    components = [domain.rng.integers(1, min(domain.primes), 7) for _ in dict.fromkeys(domain.primes)]
    of_prime = dict(zip(dict.fromkeys(domain.primes), components, strict=True))
    drawn = np.stack([of_prime[p] % p for p in domain.primes])
    return Action(domain, _matrix(domain, drawn[:, :4]), inverts, drawn[:, 4:] if translates else None)


def action(domain: PrimeField, element: Element) -> Action:
    """The action of an element of integer quaternion."""
    rotation = exact_matrix_from_quaternion(*element.quaternion)
    matrix = domain.exact([Exact(entry) for row in rotation for entry in row]).reshape(domain.slots, 3, 3)
    shift = domain.lift(np.asarray(element.translation, np.float64)).data if any(element.translation) else None
    return Action(domain, matrix if any(element.quaternion[1:]) else None, element.inverts, shift, element)


def _matrix(domain: PrimeField, quaternion: Integer[np.ndarray, "slot 4"]) -> Integer[np.ndarray, "slot 3 3"]:
    """The rotations of quaternions [slot, 4], over the field."""
    rows = []
    for q, p in zip(quaternion.tolist(), domain.primes, strict=True):
        w, x, y, z = q
        inverse = pow(w * w + x * x + y * y + z * z, -1, p)
        numerators = (
            (w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
        )
        rows.append([[entry * inverse % p for entry in row] for row in numerators])
    return np.array(rows, np.int64)


def wigner(
    domain: PrimeField, l: int, matrix: Integer[np.ndarray, "slot 3 3"]
) -> Integer[np.ndarray, "slot {2*l+1} {2*l+1}"]:
    """D^l of rotations [slot, 3, 3], by the recursion of `eqlib.o3.wigner`, in exact numbers.

    Law: D^l = (2l+1) sum C[i,j,k] R[i,a] D^(l-1)[j,b] C[a,b,k'] with C = C(1, l-1, l).
    """
    D = np.ones((domain.slots, 1, 1), np.int64)
    for degree in range(1, l + 1):
        C = _table(domain, degree)  # [slot, a, b, k']
        rotated = _product(domain, matrix, C.reshape(domain.slots, 3, -1)).reshape(C.shape)  # [slot, i, b, k']
        by_b = np.swapaxes(rotated, 1, 2).reshape(domain.slots, 2 * degree - 1, -1)
        by_j = _product(domain, D, by_b).reshape(domain.slots, 2 * degree - 1, 3, 2 * degree + 1)  # [slot, j, i, k']
        pairs = np.swapaxes(by_j, 1, 2).reshape(domain.slots, -1, 2 * degree + 1)
        D = _product(domain, np.swapaxes(C.reshape(domain.slots, -1, 2 * degree + 1), 1, 2), pairs)
    return D


def _table(domain: PrimeField, l: int) -> Integer[np.ndarray, "slot 3 {2*l-1} {2*l+1}"]:
    """sqrt(2l+1) C(1, l-1, l)."""
    tensor = exact_clebsch_gordan(1, l - 1, l)
    table = np.zeros((domain.slots, *tensor.shape), np.int64)
    numbers = domain.exact([of_surd(value * Surd.sqrt(2 * l + 1)) for _, value in tensor.entries])
    for n, (index, _) in enumerate(tensor.entries):
        table[(slice(None), *index)] = numbers[:, n]
    return table


def _product(
    domain: PrimeField, a: Integer[np.ndarray, "slot i j"], b: Integer[np.ndarray, "slot j k"]
) -> Integer[np.ndarray, "slot i k"]:
    return domain.matmul(Value(a, CONSTANT), Value(b, CONSTANT)).data


def generating_permutations(sizes: dict[str, int]) -> list[Element]:
    """An exchange and a cycle of each set, which generate all of its permutations."""
    found = []
    for name, size in sizes.items():
        if size > 1:
            found.append(Element(permutations={name: (1, 0, *range(2, size))}))
        if size > 2:
            found.append(Element(permutations={name: (*range(1, size), 0)}))
    return found
