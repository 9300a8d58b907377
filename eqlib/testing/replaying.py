"""One case of a broken law once more, from the line of code that a report prints."""

import re
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from eqlib.testing.arithmetic import double_precision
from eqlib.testing.elements import Element
from eqlib.testing.operands import Field, Fixed, arguments, outputs
from eqlib.testing.program import program
from eqlib.testing.report import Finding, Report
from eqlib.testing.settings import own_settings
from eqlib.testing.symmetries import Case, Runner, judge
from eqlib.testing.witness import witness


@own_settings()
def replay(
    fn: Any,
    in_: Any,
    out: Any = None,
    *,
    example: tuple[Any, ...],
    element: Element,
    dtype: Any = "float64",
    sizes: Mapping[str, int] | None = None,
    as_plain_arrays: bool | None = None,
    name: str | None = None,
) -> Report:
    """Compares f(g x) with g f(x) for one input and one element, as a report of `eqlib.testing.check` prints it.

    example   x: a value for each argument, in arrays or nested lists
    element   g
    dtype     the precision of the fields

    Law:    the verdict is ok if |f(g x) - g f(x)| is within the bound that is derived for this x.
    Shape:  as in `check`.
    Raises: as `check`.
    Example:
        >>> from eqlib.testing.elements import Element
        >>> report = replay(lambda x: x + 1, "1o", "1o", example=([0, 0, 0],), element=Element(inverts=True), name="f")
        >>> print("\\n".join(str(report).splitlines()[:6]))
        f is not equivariant (inversion; float64).
          in: 1x1o; out: 1x1o
          in:     zeros
          g:      the inversion
          out:    1x1o
          f(g x): [1. 1. 1.]
    """
    trees = arguments(in_)
    described, treedef = jax.tree.flatten(trees)
    values = [
        np.asarray(x, np.float64) if isinstance(one, Field) else x if isinstance(one, Fixed) else np.asarray(x)
        for one, x in zip(described, treedef.flatten_up_to(tuple(example)), strict=True)
    ]
    given: Any = jax.tree.unflatten(treedef, values)
    with double_precision():
        made = program(fn, in_, out, example=given, sizes=sizes, as_plain_arrays=as_plain_arrays, name=name)
        return Report(made.name, str(made), (_finding(Runner(made, dtype), element),))


def _finding(runner: Runner, element: Element) -> Finding:
    case = runner.compare(element, "as given", runner.cast(runner.program.arrays))
    return judge(element.kind, str(runner.dtype), [case], lambda case: witness(runner, case))


def replay_line(runner: Runner, case: Case, in_: Any, out: Any, **options: Any) -> str:
    """The line of code that compares the case once more; what is left alone is taken from the example of the check."""
    trees = arguments(in_)
    described, treedef = jax.tree.flatten(trees)
    paths = [path for path, _ in jax.tree_util.tree_flatten_with_path(trees)[0]]
    arrays = iter(case.arrays)
    has_example = options.pop("example", None) is not None
    words = [
        _Verbatim(f"example{jax.tree_util.keystr(path)}" if has_example else "None")
        if isinstance(one, Fixed)
        else _Verbatim(_numbers(next(arrays)))
        for path, one in zip(paths, described, strict=True)
    ]
    told = _words(trees) if isinstance(in_, tuple) else _words(trees)[0]
    parts = [_name(runner.program.name), repr(told)]
    parts += [] if out is None else [repr(_words(outputs(out)))]
    parts += [f"example={jax.tree.unflatten(treedef, words)!r}", f"element={_element(case.element)}"]
    parts += [] if runner.dtype == np.float64 else [f'dtype="{runner.dtype}"']
    parts += [f"{key}={value!r}" for key, value in options.items() if value]
    return f"replay({', '.join(parts)})"


class _Verbatim(str):
    """Code, which is its own representation."""

    __slots__ = ()
    __repr__ = str.__str__


def _words(trees: Any) -> Any:
    return jax.tree.map(lambda one: None if isinstance(one, Fixed) else str(one), trees)


def _name(name: str) -> str:
    """The name of a function as an expression: module:name as module.name, and f for what has no name."""
    name = re.sub(r"^.*?([\w.]+?)(\.py)?:", r"\1.", name)
    return name if all(part.isidentifier() for part in name.split(".")) else "fn"


def _numbers(array: Any) -> str:
    """An array in nested lists, from which the same numbers are read."""
    values = np.asarray(array)
    values = values.astype(np.float64) if not np.issubdtype(values.dtype, np.integer) else values
    text = repr(values.tolist()).replace("nan", 'float("nan")').replace("inf", 'float("inf")')
    return re.sub(r"(?<=\d)\.0(?=[,\]])", "", text).replace("-0,", "0,").replace("-0]", "0]")


def _element(element: Element) -> str:
    plain = Element()
    given = [
        f"{name}={getattr(element, name)!r}"
        for name in ("quaternion", "inverts", "translation", "permutations")
        if getattr(element, name) != getattr(plain, name)
    ]
    return f"Element({', '.join(given)})"
