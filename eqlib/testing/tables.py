"""What [tool.eqlib] in pyproject.toml says: known keys alone, each with a value of its kind."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eqlib.testing.targets import Unusable


class Key(NamedTuple):
    """What a key of a table takes, by an example of it, and whether a value is of that kind."""

    example: str
    fits: Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def are_texts(value: Any) -> bool:
    """Whether a value is a list of strings."""
    return isinstance(value, list) and all(map(is_text, value))


def are_words(value: Any) -> bool:
    """Whether a value is a string, or a list of strings."""
    return is_text(value) or are_texts(value)


def is_switch(value: Any) -> bool:
    """Whether a value is true or false."""
    return isinstance(value, bool)


def are_tables(value: Any) -> bool:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and all(isinstance(table, dict) for table in value)


def are_counts(value: Any) -> bool:
    """Whether a value is a table of whole numbers above zero."""
    return are_ratios(value) and all(isinstance(x, int) for x in value.values())


def are_ratios(value: Any) -> bool:
    """Whether a value is a table of numbers above zero."""
    return isinstance(value, dict) and all(map(is_ratio, value.values()))


def is_ratio(value: Any) -> bool:
    """Whether a value is a number above zero; true and false are none, though Python has them for 1 and 0."""
    return isinstance(value, int | float) and not is_switch(value) and value > 0


def read_tool(path: Path) -> dict[str, Any]:
    """The table [tool.eqlib] of a project; empty if it has none.

    Raises: Unusable if the file cannot be read, or what stands there is no table.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {error}.") from error
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from error
    for name in ("tool", "eqlib"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise Unusable(f"{name} in {path} is {table!r}, and no table.\n  Write [tool.eqlib].")
    return table


def refuse(where: str, table: Mapping[str, Any], keys: Mapping[str, Key]) -> None:
    """Refuses a key that is unknown, and a value of another kind than its key takes.

    Raises: Unusable with the keys, or an example of the value.
    """
    for name, value in table.items():
        if name not in keys:
            raise Unusable(f"{where} has {name}, which means nothing.\n  Write {', '.join(keys)}.")
        if not keys[name].fits(value):
            raise Unusable(f"{where} has {name} = {value!r}.\n  Write {name} = {keys[name].example}.")
