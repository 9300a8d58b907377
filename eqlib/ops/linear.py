"""The linear maps that commute with the group: they mix the copies of each irrep."""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Inexact, Num, Shaped
from eqlib.arrays.arith import broadcast_leading
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.lowering import contract
from eqlib.lowering.extents import known_or_large
from eqlib.o3 import Irreps, Surd, SurdTensor, present
from eqlib.ops._linear_paths import LinearPath, exponent, linear_irreps, linear_paths, power
from eqlib.ops._operands import as_inexact, reading, require_in_range
from eqlib.plan import Path, Plan, Segment, segments


def linear(
    x: Any,
    weights: Any,
    irreps_out: Any,
    *,
    index: Any = None,
    mixing: Any = None,
    channel_out: int | None = None,
    biases: bool | Iterable[bool] = False,
    instructions: Iterable[Sequence[int]] | None = None,
    path_normalization: str | float | None = "element",
    gradient_normalization: str | float | None = "path",
    force_irreps_out: bool = False,
    simplify_irreps_internally: bool = True,
    precision: Any = jax.lax.Precision.HIGHEST,
) -> IrrepsArray:
    """Mixes the copies of each irrep of `x` by matrices of weights, one for each pair of segments of equal irrep.

    `weights` are arrays by name, "w[i_in,i_out] 3x0e,2x0e" and "b[i_out] 2x0e", or a list of them in this order, or all
    in one array, flat. Their leading axes are samples with weights of their own. With `index`, the first axis is a
    table of which each sample has one entry, counted from the end if negative; with `mixing`, each sample has their
    sum with its coefficients [..., d]. `channel_out` mixes the channels [..., channel, irreps] as if further copies.

    Law:    linear(D1(g) x) = D3(g) linear(x) for all g in O(3); linear in x, but for biases, and in the weights.
    Shape:  [..., irreps1] -> [..., irreps3]; the leading axes of x, weights, index, mixing broadcast. irreps3 is what
            something reaches of `irreps_out`; all of it, with zeros, if `force_irreps_out`.
    Scale:  component: inputs of unit variance give outputs of unit variance if the weights have the variance 1/n^(1-g),
            n their number into a copy: g is the gradient_normalization, 1 ("path") or 0 ("element"). Each copy has an
            equal share of the variance if path_normalization is "element", each segment if it is "path".
    Order:  that of `irreps_out`; x is regrouped and irreps_out simplified, but not if simplify_irreps_internally=False.
    Raises: IrrepsError if nothing reaches the output, if an instruction, a bias or a normalisation is not possible, or
            if the names of the weights are others; LayoutError if their shapes are, or an index is out of range: under
            jit, where that is not known, its sample is NaN.
    Source: Schur's lemma; Weiler et al. (2018), arXiv:1807.02547, section 3.
    Example:
        >>> x = IrrepsArray("2x0e + 1o", jnp.array([1.0, 2.0, 5.0, 6.0, 7.0]))
        >>> linear(x, {"w[0,0] 2x0e,1x0e": jnp.ones((2, 1)), "w[1,1] 1x1o,1x1o": -jnp.ones((1, 1))}, "0e + 1o")
        1x0e+1x1o [ 2.1213202 -5.        -6.        -7.       ]
    """
    given, (x,) = x, as_inexact(x)
    options: Any = {
        "biases": biases if isinstance(biases, bool) else tuple(biases),
        "instructions": None if instructions is None else tuple((i, o) for i, o in instructions),
    }
    channels = None if channel_out is None else (_channels(x), channel_out)
    extent: Any = {"channels": channels, "force_irreps_out": force_irreps_out}
    simplify: Any = {"simplify_irreps_internally": simplify_irreps_internally}
    with reading(given):
        irreps1, irreps3 = linear_irreps(x.irreps, Irreps(irreps_out), **extent, **simplify, **options)
    options["path_normalization"] = exponent(path_normalization, "element")
    options["gradient_normalization"] = exponent(gradient_normalization, "path")
    x = x.regroup() if simplify_irreps_internally else x
    x = x.axis_to_mul() if channels else x
    with reading(given):
        flat = _flat(weights, linear_paths(irreps1, irreps3, **options), f"linear from {irreps1} to {irreps3}")
    z = IrrepsArray(irreps3, _apply(x, flat, irreps3, index, mixing, precision, options))
    z = z.mul_to_axis(channel_out) if channels else z
    return z.rechunk(irreps_out) if force_irreps_out else z


@functools.cache
def plan_linear(
    irreps_in: Irreps,
    irreps_out: Irreps,
    *,
    instructions: tuple[tuple[int, int], ...] | None = None,
    biases: bool | tuple[bool, ...] = False,
    path_normalization: float = 0.0,
    gradient_normalization: float = 1.0,
    weights_dim: int | None = None,
) -> tuple[Irreps, Plan]:
    """One path per matrix and per bias; the inputs are the weights and x.

    With biases, x has in front one more scalar, the constant 1: an affine map of x is a linear map of 1 and x. With
    `weights_dim`, every matrix and bias is a table of so many, and between the weights and x stand the coefficients
    with which they are mixed, each worth its share of the variance.
    """
    found = linear_paths(
        irreps_in,
        irreps_out,
        instructions=instructions,
        biases=biases,
        path_normalization=path_normalization,
        gradient_normalization=gradient_normalization,
    )
    is_mixed = weights_dim is not None
    table = (weights_dim,) if weights_dim is not None else ()
    share = power(Fraction(1, weights_dim), gradient_normalization) if weights_dim else Surd.of(1)
    one = (Segment((), 1),) if has_biases(found) else ()
    paths = []
    for n, path in enumerate(found):
        u, read = ("", 0) if path.i_in is None else ("u", path.i_in + len(one))
        slots, modes = ((n, 0, read), ("t" + u + "w", "t", u)) if is_mixed else ((n, read), (u + "w", u))
        block = _identity(len(modes) - 1, irreps_out[path.i_out].ir.dim)
        paths.append(Path((*slots, path.i_out), (*modes, "w"), block, share * path.path_weight))
    weights = tuple(Segment((*table, *path.shape), 1) for path in found)
    operands = (weights, *(((Segment(table, 1),),) if is_mixed else ()), one + segments(irreps_in))
    return irreps_out, Plan((*operands, segments(irreps_out)), tuple(range(len(operands))), tuple(paths))


def has_biases(found: Iterable[LinearPath]) -> bool:
    """Whether there is a bias among the weights."""
    return any(path.i_in is None for path in found)


@functools.cache
def _identity(factors: int, dim: int) -> SurdTensor:
    """The coefficients of a product of `factors` numbers with an irrep: the identity between input and output."""
    entries = {((0,) * factors + (i, i)): Surd.of(1) for i in range(dim)}
    return SurdTensor.of((1,) * factors + (dim, dim), entries, label="δ")


def _apply(
    x: IrrepsArray,
    weights: Num[Array, "... number"],
    irreps3: Irreps,
    index: Any,
    mixing: Any,
    precision: Any,
    options: Any,
) -> Inexact[jax.Array, "... {irreps3.dim}"]:
    """The plan on the weights that each sample has, directly, by its index or by its mixing coefficients."""
    if index is not None and mixing is not None:
        raise IrrepsError("a sample has its weights by index or by mixing, not by both.\n  Write one of the two.")
    found, what = linear_paths(x.irreps, irreps3, **options), f"cannot give {x.irreps} its weights"
    one = [jnp.ones((*x.shape[:-1], 1), x.dtype)] if has_biases(found) else []
    operand = jnp.concatenate([*one, x.array], axis=-1) if one else x.array
    if mixing is not None:
        mixing = scalars(mixing, "mixing")
        _check_table(weights, mixing.shape[-1])
        broadcast_leading(f"{what} by mixing", weights.shape[1:-1], mixing.shape[:-1], x.shape[:-1])
        _, plan = plan_linear(x.irreps, irreps3, weights_dim=mixing.shape[-1], **options)
        return contract(plan, _by_segment(weights, found), mixing, operand, precision=precision)
    _, plan = plan_linear(x.irreps, irreps3, **options)
    if index is not None:
        index = jnp.asarray(index)
        broadcast_leading(f"{what} by index", (*index.shape, *weights.shape[1:-1]), x.shape[:-1])
        return _indexed(plan, weights, index, operand, precision)
    broadcast_leading(what, weights.shape[:-1], x.shape[:-1])
    return contract(plan, weights, operand, precision=precision)


def _indexed(
    plan: Plan,
    table: Num[jax.Array, "... {plan.sizes[0]}"],
    index: Shaped[jax.Array, "..."],
    x: Inexact[Array, "... {plan.sizes[1]}"],
    precision: Any,
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    """The plan with the weights of entry `index` for each sample, by the way that writes fewer numbers.

    Either each sample gets its weights, or every entry is applied to every sample, in one matrix product, and each
    sample gets its result. The latter needs every entry to fit every sample, so that it has no leading axes of its own.
    """
    if not jnp.issubdtype(index.dtype, jnp.integer):
        raise LayoutError(f"an index is an integer, and this one is {index.dtype}.\n  Write index.astype(int).")
    _check_table(table, None)
    require_in_range("index", index, -len(table), len(table), "The first axis of the weights has one entry per index.")
    leading = jnp.broadcast_shapes(index.shape, x.shape[:-1]) if table.ndim == 2 else ()
    samples, (entries, *_, number) = known_or_large(math.prod(leading)), table.shape
    if table.ndim > 2 or samples * number <= entries * (samples * plan.sizes[-1] + number):
        return contract(plan, table.at[index].get(mode="fill", fill_value=jnp.nan), x, precision=precision)
    weights = table.reshape(entries, *(1 for _ in leading), table.shape[-1])
    every = contract(plan, weights, x.reshape(*(1 for _ in leading[x.ndim - 1 :]), *x.shape)[None], precision=precision)
    index = index.reshape(1, *(1 for _ in leading[index.ndim :]), *index.shape, 1)
    return jnp.take_along_axis(every, index, axis=0, mode="fill", fill_value=jnp.nan)[0]


def _flat(weights: Any, found: tuple[LinearPath, ...], what: str) -> Num[jax.Array, "... number"]:
    """The weights as one array [..., number], in the order of the paths of `what`."""
    sizes = [math.prod(path.shape) for path in found]
    if isinstance(weights, list | tuple):
        _check_length(weights, found)
        weights = dict(zip((path.name for path in found), weights, strict=True))
    if not isinstance(weights, Mapping):
        flat = scalars(weights, "weights")
        if flat.ndim == 0 or flat.shape[-1] != sum(sizes):
            raise LayoutError(f"the weights have shape {flat.shape}; the last axis must have length {sum(sizes)}.")
        return flat
    if set(weights) != {path.name for path in found}:
        raise _other_weights(weights, found, what)
    parts = []
    for path, size in zip(found, sizes, strict=True):
        w = jnp.asarray(weights[path.name])
        rank = w.ndim - len(path.shape)
        if rank < 0 or w.shape[rank:] != path.shape:
            raise LayoutError(f"the weights {path.name!r} have shape {w.shape}; the last axes must be {path.shape}.")
        parts.append(w.reshape(*w.shape[:rank], size))
    leading = jnp.broadcast_shapes(*(part.shape[:-1] for part in parts))
    spread = [jnp.broadcast_to(part, (*leading, part.shape[-1])) for part in parts]
    return jnp.concatenate(spread, axis=-1) if spread else jnp.zeros(0)


def _other_weights(weights: Mapping[str, Any], found: tuple[LinearPath, ...], what: str) -> IrrepsError:
    """The error for weights by other names: those say for which map they were made."""
    given, wanted = (sorted(map(str, names)) for names in (weights, (path.name for path in found)))
    if [name for name in given if not name.startswith("b")] == [name for name in wanted if not name.startswith("b")]:
        cause = "these are of a map with other biases"
    else:
        cause = "these are of a map between other irreps"
    ones = ", ".join(f"{path.name!r}: jnp.ones({path.shape})" for path in found)
    return IrrepsError(
        f"{what} has the weights {wanted} and was given {given}: a weight is named after the segments that it joins, "
        f"so {cause}.\n"
        "  For a layer write layer.init(key, x) with an x of the irreps to which it is applied; for linear, weights "
        f"such as {{{ones}}}."
    )


def _check_length(weights: Sequence[Any], found: tuple[LinearPath, ...]) -> None:
    if len(weights) != len(found):
        wanted = "; ".join(f"{path.name} of shape {path.shape}" for path in found)
        ones = ", ".join(f"jnp.ones({path.shape})" for path in found)
        raise LayoutError(
            f"the weights are a list of length {len(weights)}, and there are {len(found)}: {wanted or 'none'}.\n"
            f"  Write one array for each, in this order, such as [{ones}]."
        )


def _by_segment(
    weights: Num[jax.Array, "entries *leading number"], found: tuple[LinearPath, ...]
) -> Num[jax.Array, "*leading entries*number"]:
    """[d, ..., number] -> [..., d * number], the tables of the paths one after another."""
    parts, start = [jnp.zeros((*weights.shape[1:-1], 0), weights.dtype)], 0
    for path in found:
        part = jnp.moveaxis(weights[..., start : start + math.prod(path.shape)], 0, -2)
        parts.append(part.reshape(*part.shape[:-2], len(weights) * math.prod(path.shape)))
        start += math.prod(path.shape)
    return jnp.concatenate(parts, axis=-1)


def scalars(array: Any, name: str) -> Shaped[Array, "..."]:
    """A plain array, or the array of an IrrepsArray of scalars.

    Raises: IrrepsError if there is another irrep than 0e.
    """
    if isinstance(array, IrrepsArray):
        if not all(ir.is_scalar() for ir in present(array.irreps)):
            raise IrrepsError(
                f"{name} must be scalars, and these are {array.irreps}: what multiplies weights must not change with "
                "the group.\n  Write norm(x), or x.filter('0e')."
            )
        return array.array
    return jnp.asarray(array)


def _check_table(weights: Num[Array, "..."], dim: int | None) -> None:
    if weights.ndim < 2 or (dim is not None and len(weights) != dim):
        entries = "some" if dim is None else dim
        raise LayoutError(f"the weights are no table of {entries} entries: flat, their shape is {weights.shape}.")


def _channels(x: IrrepsArray) -> int:
    if x.ndim < 2:
        raise LayoutError(
            f"channel_out mixes the axis before the irreps, and an array of shape {x.shape} has none.\n"
            "  Leave channel_out out, or write x[None]."
        )
    return x.shape[-2]
