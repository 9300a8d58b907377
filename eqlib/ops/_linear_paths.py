"""The paths that Schur's lemma leaves to a linear map, and the names, shapes and scales of their weights."""

import functools
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from eqlib.errors import IrrepsError
from eqlib.o3 import Irrep, Irreps, Surd

Biases = bool | tuple[bool, ...]
Instructions = tuple[tuple[int, int], ...] | None

_SCHUR = "by Schur's lemma, a linear map that commutes with the group mixes only copies of the same irrep"


class LinearPath(NamedTuple):
    """A path with weights: a matrix from segment `i_in` to segment `i_out`, or the bias of `i_out` if `i_in` is None.

    name         the name of the parameter, "w[0,1] 3x0e,2x0e" or "b[1] 2x0e"
    shape        (mul_in, mul_out), or (mul_out,) of a bias
    path_weight  the exact factor of the weights in the map
    weight_std   the standard deviation of the weights at initialisation
    """

    name: str
    i_in: int | None
    i_out: int
    shape: tuple[int, ...]
    path_weight: Surd
    weight_std: float


def exponent(normalization: str | float | None, default: str) -> float:
    """A normalisation as a number: "element" is 0, "path" is 1, a number between is between.

    Raises: IrrepsError for another word.
    """
    named = {"element": 0.0, "path": 1.0}
    normalization = default if normalization is None else normalization
    if isinstance(normalization, str):
        if normalization not in named:
            raise IrrepsError(f"there is no normalization {normalization!r}.\n  Write 'element', 'path' or a number.")
        return named[normalization]
    return float(normalization)


def power(base: Fraction, exponent: float) -> Surd:
    """The root of base^exponent: exact for whole exponents, else the root of that power rounded to float64."""
    whole = int(exponent) if float(exponent).is_integer() else None
    return Surd.sqrt(base**whole if whole is not None else Fraction(float(base) ** exponent))


def linear_irreps(
    irreps_in: Irreps,
    irreps_out: Irreps,
    *,
    channels: tuple[int, int] | None = None,
    biases: Biases = False,
    instructions: Instructions = None,
    force_irreps_out: bool = False,
    simplify_irreps_internally: bool = True,
) -> tuple[Irreps, Irreps]:
    """The segments between which a linear map has its weights: of its input, and of its output.

    `channels` are those of the input and of the output that are mixed as if they were further copies.

    Raises: IrrepsError if a part of the output is reached by nothing, unless zeros are asked for by `force_irreps_out`.
    """
    if instructions is not None and (simplify_irreps_internally or channels):
        raise IrrepsError(
            "instructions number the segments as they are given, and neither simplification nor channels keep them.\n"
            "  Write simplify_irreps_internally=False, and leave channel_out out."
        )
    if simplify_irreps_internally:
        irreps_in, irreps_out = irreps_in.regroup(), irreps_out.simplify()
    if not force_irreps_out:
        reached = {ir for _, ir in irreps_in} | ({Irrep(0, 1)} if biases is True else set())
        kept = Irreps([mul_ir for mul_ir in irreps_out if mul_ir.ir in reached])
        _check_reached(irreps_in, irreps_out, kept, biases, instructions)
        irreps_out = kept
    if channels is not None:
        irreps_in, irreps_out = irreps_in * channels[0], irreps_out * channels[1]
    return irreps_in, irreps_out


def _check_reached(
    irreps_in: Irreps, irreps_out: Irreps, kept: Irreps, biases: Biases, instructions: Instructions
) -> None:
    lost = irreps_out if irreps_out.dim and not kept.dim else Irreps()
    if instructions is not None:
        written = {o for _, o in instructions} | {o for o, b in enumerate(_per_segment(biases, kept)) if b}
        lost = lost + Irreps([mul_ir for o, mul_ir in enumerate(kept) if o not in written])
    if lost.dim:
        why = _SCHUR if instructions is None or not kept.dim else "no instruction and no bias leads there"
        raise IrrepsError(
            f"linear cannot reach {lost} from {irreps_in}: {why}.\n"
            "  Write force_irreps_out=True to ask for zeros where nothing reaches."
        )


@functools.cache
def linear_paths(
    irreps_in: Irreps,
    irreps_out: Irreps,
    *,
    instructions: Instructions = None,
    biases: Biases = False,
    path_normalization: float = 0.0,
    gradient_normalization: float = 1.0,
) -> tuple[LinearPath, ...]:
    """A path for every matrix, in the order of the instructions, then for every bias, in the order of the output.

    Of A = 1 / (mul_in^q sum over the segments into the same output of mul^(1-q)), with q the `path_normalization`, the
    map has the factor A^(g/2) and the initialisation A^((1-g)/2), with g the `gradient_normalization`.

    Raises: IrrepsError if an instruction or a bias is not equivariant, or there is no such segment.
    """
    q, g = path_normalization, gradient_normalization
    if instructions is None:
        pairs = [(i, o) for i in range(len(irreps_in)) for o in range(len(irreps_out))]
        instructions = tuple((i, o) for i, o in pairs if irreps_in[i].ir == irreps_out[o].ir)
    _check_instructions(irreps_in, irreps_out, instructions)
    found: list[LinearPath] = []
    for i, o in instructions:
        mul_in, mul_out = irreps_in[i].mul, irreps_out[o].mul
        inverse = mul_in**q * sum(irreps_in[i2].mul ** (1.0 - q) for i2, o2 in instructions if o2 == o)
        A = 1 / Fraction(inverse) if inverse > 0 else Fraction(1)
        weight_std = sqrt(1 / inverse if inverse > 0 else 1.0) ** (1.0 - g)
        name = f"w[{i},{o}] {irreps_in[i]},{irreps_out[o]}"
        found.append(LinearPath(name, i, o, (mul_in, mul_out), power(A, g), weight_std))
    for o, has_bias in enumerate(_per_segment(biases, irreps_out)):
        if has_bias:
            name = f"b[{o}] {irreps_out[o]}"
            found.append(LinearPath(name, None, o, (irreps_out[o].mul,), Surd.of(1), 0.0))
    return tuple(found)


def _check_instructions(irreps_in: Irreps, irreps_out: Irreps, instructions: tuple[tuple[int, int], ...]) -> None:
    for i, o in instructions:
        if not (0 <= i < len(irreps_in) and 0 <= o < len(irreps_out)):
            raise IrrepsError(
                f"instruction {(i, o)} names no segments: {irreps_in} has {len(irreps_in)}, {irreps_out} has "
                f"{len(irreps_out)}.\n  Write pairs (i_in, i_out), both counted from 0."
            )
        if irreps_in[i].ir != irreps_out[o].ir:
            raise IrrepsError(
                f"instruction {(i, o)} leads from {irreps_in[i]} to {irreps_out[o]}: {_SCHUR}.\n"
                "  Leave instructions out to connect all equal irreps."
            )
    if len(set(instructions)) != len(instructions):
        raise IrrepsError("an instruction occurs twice: its two matrices would be one.\n  Write each pair once.")


def _per_segment(biases: Biases, irreps_out: Irreps) -> tuple[bool, ...]:
    """Whether each segment of the output has a bias."""
    if isinstance(biases, bool):
        return tuple(biases and ir.is_scalar() for _, ir in irreps_out)
    if len(biases) != len(irreps_out):
        raise IrrepsError(
            f"{len(biases)} biases for the {len(irreps_out)} segments of {irreps_out}.\n"
            "  Write biases=True for one on every 0e."
        )
    for has_bias, mul_ir in zip(biases, irreps_out, strict=True):
        if has_bias and not mul_ir.ir.is_scalar():
            raise IrrepsError(
                f"{mul_ir} cannot have a bias: a constant does not change with the group, and only 0e is so.\n"
                "  Write biases=True for one on every 0e."
            )
    return biases
