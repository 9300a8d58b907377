"""What a config checks of its values: each message says which, why, and what to write in the TOML file."""

import dataclasses
import difflib
import math
from collections.abc import Sequence
from typing import Any

from eqlib.training.errors import ConfigError


def nearest(name: str, known: Sequence[str]) -> str:
    """What was probably meant: the nearest of the known names, or all of them if none is near."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), f"one of {', '.join(known)}")


def at_least(section: str, table: Any, name: str, least: float) -> None:
    value = getattr(table, name)
    if not (math.isfinite(value) and value >= least):
        raise ConfigError(
            f"{within(section)}{name} is {value}, and must be {least} or more.\n"
            f"  Write {name} = {_default(table, name) if _default(table, name) is not None else least}."
        )


def _default(table: Any, name: str) -> Any:
    return next(field.default for field in dataclasses.fields(table) if field.name == name)


def one_of(section: str, table: Any, name: str, known: Sequence[str]) -> None:
    value = getattr(table, name)
    if value not in known:
        raise ConfigError(
            f'{within(section)}{name} is "{value}", and must be one of {", ".join(known)}.\n'
            f'  Write {name} = "{next(iter(difflib.get_close_matches(str(value), known, n=1, cutoff=0.3)), known[0])}".'
        )


def within(section: str) -> str:
    return f"in [{section}], " if section else ""
