"""Reads the notation of irreps: ``"1o"`` is a label, ``"2x0e + 1o"`` a direct sum; ``y`` is the parity (-1)^l."""

import operator
import re

import numpy as np

Label = tuple[int, int]
Term = tuple[int, Label]

_LABEL = re.compile(r"\s*(\d+)\s*([eoy])\s*", re.ASCII)
_TERM = re.compile(r"\s*(?:(\d+)\s*x)?\s*(\d+)\s*([eoy])\s*", re.ASCII)


def _label(degree: str, parity: str) -> Label:
    l = int(degree)
    return l, {"e": 1, "o": -1, "y": (-1) ** l}[parity]


def parse_irrep(text: str) -> Label:
    """Reads one label such as ``"1o"`` into ``(l, p)``.

    Raises:  ValueError if `text` is not a degree followed by ``e``, ``o`` or ``y``.
    Example:
        >>> parse_irrep("2y")
        (2, 1)
    """
    match = _LABEL.fullmatch(text)
    if match is None:
        raise ValueError(
            f'unable to convert string "{text}" into an Irrep: a label is the degree l followed by the parity '
            'e (even), o (odd) or y ((-1)^l), as in "0e", "1o", "2y".'
        )
    return _label(match[1], match[2])


def parse_term(text: str) -> Term:
    """Reads one term such as ``"2x1o"`` or ``"1o"`` into ``(mul, (l, p))``.

    Raises:  ValueError if `text` is not a label with an optional multiplicity before it.
    Example:
        >>> parse_term("2x1o")
        (2, (1, -1))
    """
    match = _TERM.fullmatch(text)
    if match is None:
        raise ValueError(
            f'unable to convert string "{text}" into a term of an Irreps: a term is a label with an optional '
            'multiplicity, as in "1o" or "2x1o".'
        )
    return 1 if match[1] is None else int(match[1]), _label(match[2], match[3])


def parse_irreps(text: str) -> list[Term]:
    """Reads a direct sum such as ``"2x0e + 1o"`` into its terms.

    Raises:  ValueError if one of the terms cannot be read; the message names it.
    Example:
        >>> parse_irreps("2x0e + 1o")
        [(2, (0, 1)), (1, (1, -1))]
    """
    if text.strip() == "":
        return []
    try:
        return [parse_term(term) for term in text.split("+")]
    except ValueError as error:
        raise ValueError(f'Unable to convert string "{text}" into an Irreps: {error}') from None


def integer(value: object) -> int | None:
    """`value` as a Python integer, NumPy's integers included; None if it is no integer, as a truth value is none."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def is_number(value: object) -> bool:
    """True for the numbers of Python and NumPy: what a product may be meant with.

    Example:
        >>> is_number(1.5), is_number("1.5")
        (True, False)
    """
    return isinstance(value, (int, float, complex, np.generic))
