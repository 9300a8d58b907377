"""The public names of eqlib and their signatures, as `ci/api.txt` records them: none changes unnoticed.

`python -m ci.api` compares; `python -m ci.api --write` records, and the difference is then reviewed with the change.
"""

import difflib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import eqlib
from ci.docs import public_members, public_objects

RECORD = Path(__file__).with_name("api.txt")


def signature(value: object) -> str:
    """The parameters of a callable with their defaults; annotations are left to the type checker."""
    try:
        found = inspect.signature(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return ""
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in found.parameters.values()]
    text = str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return re.sub(r"<function ([\w.<>]+) at 0x[0-9a-f]+>", r"\1", text)


def surface(module: ModuleType) -> Iterator[str]:
    """One line for every public name."""
    for name, value in public_objects(module):
        yield f"{name} (module)" if isinstance(value, ModuleType) else f"{name}{signature(value)}"
        yield from (f"{name}.{member}{signature(getattr(value, member))}" for member in public_members(value))


def difference(recorded: str, text: str) -> list[str]:
    """The lines that two listings do not share."""
    lines = difflib.unified_diff(recorded.splitlines(), text.splitlines(), "ci/api.txt", "eqlib", n=0, lineterm="")
    return list(lines)


def main(arguments: list[str]) -> int:
    """Compares the public names with the record, or records them."""
    text = "".join(f"{line}\n" for line in surface(eqlib))
    if "--write" in arguments:
        RECORD.write_text(text)
        return 0
    change = difference(RECORD.read_text() if RECORD.exists() else "", text)
    print(
        "\n".join([*change, "If this is meant: python -m ci.api --write"] if change else ["as recorded in ci/api.txt"])
    )
    return bool(change)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
