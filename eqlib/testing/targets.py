"""What a user names in the shell, "module:name" or "file.py:name", as an object; and where in their code it fails."""

import importlib
import importlib.util
import inspect
import json
import sys
import sysconfig
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

# The kinds of arguments that are given by their places.
_GIVEN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Unusable(Exception):
    """The command cannot be carried out: the message says why, and what to write instead."""

    def to_json(self) -> str:
        """What stands for a report that is not there."""
        return json.dumps({"verdict": "not tried", "ok": False, "error": str(self)})


def load(target: str) -> Any:
    """The object that "module:name" or "file.py:name" names; of a class, an instance made without arguments.

    Raises: Unusable if there is no such thing, or nothing that can be called.
    """
    where, _, name = target.rpartition(":")
    if not where or not name:
        raise Unusable(f"{target} names no function.\n  Write module:name, such as mypackage.layers:gate.")
    found = _module(where)
    for part in name.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{where} has no {part}.\n  It has {_public_names(found)}.")
        found = getattr(found, part)
    if isinstance(found, type):
        found = _made(found, target)
    if not callable(found) and not (hasattr(found, "init") and hasattr(found, "apply")):
        raise Unusable(
            f"{target} is of type {type(found).__name__}, which cannot be called.\n  Name a function or layer."
        )
    return found


def arguments_of(fn: Any) -> list[str]:
    """The names of the arguments that a function must be given; none if it does not tell them."""
    try:
        known = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # of what is compiled, and of what has no call, only init and apply
        return []
    return [one.name for one in known if one.kind in _GIVEN and one.default is one.empty]


def line_in_user_code(error: BaseException) -> str | None:
    """The last line that an error passed through outside of eqlib and of installed packages, as file.py:12."""
    libraries = (
        str(Path(__file__).parents[1]),
        *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    )
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith((*libraries, "<")) and "site-packages" not in frame.filename:
            return f"{Path(frame.filename).name}:{frame.lineno}"
    return None


def _made(cls: type, target: str) -> Any:
    try:
        return cls()
    except Exception as error:
        where, _, name = target.rpartition(":")
        raise Unusable(
            f"{target} is a class that cannot be made without arguments: {error}.\n"
            f"  Name an instance: write layer = {name}(...) there, and {where}:layer here."
        ) from error


def _module(where: str) -> ModuleType:
    try:
        return _from_file(Path(where)) if where.endswith(".py") else _from_name(where)
    except Exception as error:
        if isinstance(error, FileNotFoundError) and error.filename == where:
            raise Unusable(f"there is no file {where}.\n  Write path/to/file.py:name.") from None
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and (where == missing or where.startswith(f"{missing}.")):
            raise Unusable(
                f"there is no module {missing}.\n  Write the name of a module here or of one that is installed, or "
                "path/to/file.py:name."
            ) from None
        at = line_in_user_code(error)
        raise Unusable(
            f"{where} cannot be imported: {type(error).__name__}{f' at {at}' * bool(at)}: {error}"
        ) from error


def _public_names(value: Any) -> str:
    names = sorted(name for name in getattr(value, "__dict__", ()) if not name.startswith("_"))
    return ", ".join(names) or "no public names"


def _from_name(name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` does, so that a module of the current folder is found
    return importlib.import_module(name)


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", str(path))
    name = f"checked_{path.stem}"  # not the stem, which may be that of a module that is loaded
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)  # pyright: ignore[reportArgumentType]
    sys.path.insert(0, str(path.parent))  # as `python file.py` does, for what lies beside it
    sys.modules[name] = module  # dataclasses look up their module there
    spec.loader.exec_module(module)  # pyright: ignore[reportOptionalMemberAccess]
    return module
