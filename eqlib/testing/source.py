"""The line of a user's source from which an equation of a traced program comes."""

import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax

_STANDARD = sysconfig.get_path("stdlib")
_HIDDEN = str(Path(jax.__file__).parent)
_OURS = str(Path(__file__).parent.parent)
_CHECKER = str(Path(__file__).parent)
# Where an equation keeps its derivative by hand.
_DERIVATIVES = ("bwd", "jvp_jaxpr_fun")
UNKNOWN_LINE = "an unknown line"


def line_of(eqn: Any) -> str:
    """The file and line of the innermost frame that is in neither JAX nor eqlib; else in eqlib; else what is known.

    Example:
        >>> import jax
        >>> jaxpr = jax.make_jaxpr(lambda x: x + 1)(1.0)
        >>> line_of(jaxpr.eqns[0]).partition(":")[0] != ""
        True
    """
    traceback = getattr(eqn.source_info, "traceback", None)
    frames = [] if traceback is None else [f for f in traceback.frames if not f.file_name.startswith(_HIDDEN)]
    outside = [f for f in frames if not f.file_name.startswith(_OURS) and "site-packages" not in f.file_name]
    for frame in (*outside, *frames):
        if frame.file_name.startswith(_CHECKER):
            return "the call of the function"
        return f"{_short(frame.file_name)}:{frame.line_num} ({frame.function_name})"
    return UNKNOWN_LINE


def line_of_derivative(eqn: Any) -> str:
    """The line where the derivative of a custom_vjp or custom_jvp is written; of anything else, its own."""
    written = next((eqn.params[name] for name in _DERIVATIVES if name in eqn.params), None)
    told = getattr(getattr(written, "debug_info", None), "func_src_info", None) or ""
    name, _, where = told.rpartition(" at ")
    file_name, _, number = where.rpartition(":")
    return f"{_short(file_name)}:{number} ({name})" if file_name and number.isdecimal() else line_of(eqn)


def innermost_line(eqns: Sequence[Any]) -> str:
    """That of the innermost of the calls that lead to an equation, the last of them, of which a line is known."""
    lines = [line_of(eqn) for eqn in reversed(eqns)]
    return next((line for line in lines if line != UNKNOWN_LINE), UNKNOWN_LINE)


def entry_of(eqns: Sequence[Any]) -> str | None:
    """The function of JAX, such as "where", by which code outside of JAX and of eqlib wrote an equation, if any did.

    eqns   the calls that lead to the equation, and the equation, the last of them
    """
    for eqn in reversed(eqns):
        traceback = getattr(eqn.source_info, "traceback", None)
        name = None
        for frame in [] if traceback is None else traceback.frames:
            if frame.file_name.startswith(_HIDDEN):
                name = frame.function_name if "<locals>" not in frame.function_name else name
            elif not frame.file_name.startswith(_STANDARD) or "site-packages" in frame.file_name:
                return None if frame.file_name.startswith(_OURS) else name
    return None


def _short(file_name: str) -> str:
    """A path below the current folder as it is there, any other by its last two parts."""
    path = Path(file_name)
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return "/".join(path.parts[-2:])
