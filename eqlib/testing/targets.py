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
_OF_A_PACKAGE = "\n  Write the name of the module, package.module:name, in the folder where its package is."


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
        raise Unusable(f"{target} names no function.\n  Write {_with_a_name(target)}.")
    found, path = _module(where), where
    for part in name.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{path} has no {part}.\n  It has {_public_names(found)}.")
        found, path = getattr(found, part), f"{path}{':' if path == where else '.'}{part}"
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


def refuse_another_number(fn: Any, target: str, count: int) -> None:
    """Refuses a function that cannot be given so many arguments, if it tells.

    Raises: Unusable with what it takes.
    """
    try:
        signature = inspect.signature(fn)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*range(count))
    except TypeError as error:
        where, _, name = target.rpartition(":")
        makes = f"\n  If it makes a layer, write layer = {name}() there, and {where}:layer here."
        names = [one.name for one in signature.parameters.values() if one.kind in _GIVEN]
        takes = f"takes {', '.join(names)}" if names else "takes no arguments"
        advice = "\n  Describe each argument once, and what the group leaves alone as None." if names else makes
        raise Unusable(f"{target} {takes}, and {count} {'is' if count == 1 else 'are'} described.{advice}") from error


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


def _with_a_name(target: str) -> str:
    """What may be meant by words without a colon: a file, or a module and a name of it."""
    where, _, name = target.strip(":").rpartition(".")
    if name == "py":
        return f"{target.strip(':')}:name, with the name of a function or layer that is in it"
    return f"module:name, such as {f'{where}:{name}' if where and name else 'mypackage.layers:gate'}"


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
    is_file = where.endswith(".py")
    if not is_file and (where.startswith(".") or "/" in where):
        raise Unusable(f"{where} is no name of a module.\n  Write {where.rstrip('/')}.py:name, if it is a file.")
    try:
        return _from_file(Path(where)) if is_file else _from_name(where)
    except (Exception, SystemExit) as error:
        if isinstance(error, FileNotFoundError) and error.filename == where:
            raise Unusable(f"there is no file {where}.\n  Write path/to/file.py:name.") from None
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and (where == missing or where.startswith(f"{missing}.")):
            raise Unusable(
                f"there is no module {missing}.\n  Write the name of a module here or of one that is installed, or "
                "path/to/file.py:name."
            ) from None
        at = line_in_user_code(error)
        advice = _OF_A_PACKAGE if is_file and "relative import" in str(error) else ""
        raise Unusable(
            f"{where} cannot be imported: {type(error).__name__}{f' at {at}' * bool(at)}: {error}{advice}"
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
