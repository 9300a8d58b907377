"""Elements of the group that acts on points in space and on sets of them, and their action on operands."""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.o3 import Irrep, Irreps, matrix_from_quaternion
from eqlib.o3.representation import matrices_of
from eqlib.testing.blocks import on_copies
from eqlib.testing.operands import Field, Fixed, Index, Operand, set_axes


@dataclass(frozen=True)
class Element:
    """A rotation of small integer quaternion, the inversion or not, a translation, and permutations of sets.

    The member that was at permutations[name][k] comes to place k.
    """

    quaternion: tuple[int, int, int, int] = (1, 0, 0, 0)
    inverts: bool = False
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    permutations: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def matrix(self) -> Float[np.ndarray, "3 3"]:
        """The orthogonal matrix of the rotation and the inversion, in float64."""
        return (-1.0 if self.inverts else 1.0) * matrix_from_quaternion(np.array(self.quaternion, np.float64))

    @property
    def kind(self) -> str:
        """In one word, what sort of element it is."""
        if self.permutations:
            return "permutation"
        if any(self.translation):
            return "translation"
        if not any(self.quaternion[1:]):
            return "inversion" if self.inverts else "identity"
        return "improper rotation" if self.inverts else "rotation"

    def __str__(self) -> str:
        words = ["the inversion"] if self.inverts else []
        if any(self.quaternion[1:]):
            words.append(f"the rotation {_in_degrees(self.quaternion)}")
        words += [f"the translation {self.translation}"] if any(self.translation) else []
        words += [f"the permutation {order} of each {name}" for name, order in self.permutations.items()]
        return " and ".join(words) or "the identity"

    def on(self, irreps: Irreps) -> Mapping[Irrep, Float[np.ndarray, "d d"]]:
        """D(g) on each of the irreps: exact if g is a matrix of signs, which acts by signs on every one; else rounded.

        No matrix of a direct sum is made: it has the square of the entries of what it acts on.
        """
        return _representation(self.quaternion, self.inverts, frozenset(ir for _, ir in irreps))

    def act(self, one: Operand, array: Any) -> Any:
        """The action on an operand, computed in float64 and rounded once, to the dtype of the array.

        Shape:  [..., *sets, irreps] -> the same.
        """
        if isinstance(one, Fixed):
            return array
        array = np.asarray(array)
        acted = array
        for axis, name in zip(set_axes(one, array.ndim), one.over, strict=True):
            if name in self.permutations:
                acted = np.take(acted, self.permutations[name], axis=axis)
        if isinstance(one, Index) and one.into in self.permutations:
            acted = np.argsort(self.permutations[one.into])[acted].astype(array.dtype)
        if not isinstance(one, Field):
            return acted
        with np.errstate(invalid="ignore"):  # infinities of both signs meet in a sum: NaN is the right answer
            moved = on_copies(self.on(one.irreps).__getitem__, one.irreps, acted.astype(np.float64))
        return (moved + np.asarray(self.translation) if one.is_position else moved).astype(array.dtype)


def _in_degrees(quaternion: tuple[int, int, int, int]) -> str:
    """The angle and the axis of a rotation; those of a half turn at most."""
    w, *axis = quaternion if quaternion[0] >= 0 else [-n for n in quaternion]
    degrees = math.degrees(2 * math.atan2(math.hypot(*axis), w))
    x, y, z = (n // math.gcd(*axis) for n in axis)
    named = {(1, 0, 0): "x", (0, 1, 0): "y", (0, 0, 1): "z"}.get((x, y, z), f"({x}, {y}, {z})")
    return f"by {degrees:.4g}° about {named}"


@functools.lru_cache(maxsize=512)  # those of one check
def _representation(
    quaternion: tuple[int, int, int, int], inverts: bool, irreps: frozenset[Irrep]
) -> Mapping[Irrep, Float[np.ndarray, "d d"]]:
    matrix = Element(quaternion, inverts).matrix
    acts_by_signs = np.array_equal(np.abs(matrix), np.eye(3))
    return {ir: np.round(D) if acts_by_signs else D for ir, D in matrices_of(irreps, matrix).items()}


# Half, third and quarter turns about axes of symmetry; poles of the Euler angles; general axes; nearly the identity.
_TURNS = ((0, 1, 0, 0), (0, 1, 1, 0), (1, 1, 1, 1), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1))
_GENERAL = ((1, 2, -3, 1), (3, -1, 1, 2), (2, 1, 3, -2), (1000, 1, 0, 0), (1000, 0, 1, 0), (1000, 0, 0, 1))


def rotations() -> Iterator[Element]:
    """The identity, rotations and improper rotations: general ones, and the ends of each parametrisation."""
    yield Element()
    yield Element(inverts=True)
    for q, inverts in itertools.product((*_GENERAL, *_TURNS), (False, True)):
        yield Element(q, inverts)


def octahedral_group() -> Iterator[Element]:
    """The 48 symmetries of the cube, the identity first: they permute the axes and change their signs."""
    yes_no = itertools.product((0, 1, -1), repeat=4)
    # One quaternion of each rotation: of length 1, √2 or 2, and of q and -q that whose first component is positive.
    quaternions = [q for q in yes_no if np.count_nonzero(q) in (1, 2, 4) and next(filter(None, q)) > 0]
    for q, inverts in itertools.product(sorted(quaternions, key=np.count_nonzero), (False, True)):
        yield Element(q, inverts)


def random_rotations(count: int, seed: int = 0) -> Iterator[Element]:
    """Rotations and improper rotations in turn, of small integer quaternions."""
    rng = np.random.default_rng(seed)
    for n in range(count):
        w, x, y, z = rng.integers(-4, 5, 4).tolist()
        yield Element((w, x, y, z) if any((w, x, y, z)) else (1, 2, 3, 4), inverts=bool(n % 2))


def reflections() -> Iterator[Element]:
    """The eight diagonal matrices of signs, which act on every irrep by signs, so that nothing is rounded."""
    for q, inverts in itertools.product(((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)), (False, True)):
        yield Element(q, inverts)


def translations() -> Iterator[Element]:
    """Translations by numbers that are exact in every dtype."""
    yield from (Element(translation=shift) for shift in ((1.0, 0.0, 0.0), (0.0, 0.0, -2.0), (0.5, 1.0, 0.25)))


def permutations(sizes: Mapping[str, int], seed: int = 0) -> Iterator[Element]:
    """For each set an exchange of two members, the reversal, and a random order."""
    rng = np.random.default_rng(seed)
    for name, size in sizes.items():
        if size > 1:
            exchange = (1, 0, *range(2, size))
            for order in dict.fromkeys((exchange, tuple(range(size))[::-1], tuple(rng.permutation(size).tolist()))):
                yield Element(permutations={name: order})
