"""Exchanges the code of functions that are loaded for that of a mutant, which saves importing all that depends on it.

That is the same as importing the mutant if none of these functions has run: nothing was made with their old code.
"""

import gc
import sys
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any

OPTIMIZED = 1  # the flag of the code of a function, which that of a module or a class has not (CPython's CO_OPTIMIZED)


class Loaded:
    """The functions of one file: `watch` before it is imported notes which of them run, `found` ends that."""

    def __init__(self, file: str, source: str):
        self._file = file
        self._code = compile(source, file, "exec", dont_inherit=True)
        self._ran: set[CodeType] = set()
        self._functions: dict[CodeType, list[FunctionType]] = {}

    def watch(self) -> None:
        """To be called before the file is imported."""
        sys.setprofile(self._note)

    def found(self) -> None:
        """To be called when all is imported that the tests need."""
        sys.setprofile(None)
        for function in gc.get_objects():
            if type(function) is FunctionType and function.__code__.co_filename == self._file:
                self._functions.setdefault(function.__code__, []).append(function)

    def exchanges(self, text: str) -> list[tuple[CodeType, CodeType]] | None:
        """Old and new code of the functions that a mutant changes; None if it has to be imported to be what it says."""
        try:
            pairs = list(_changed(self._code, compile(text, self._file, "exec", dont_inherit=True)))
        except (SyntaxError, OutsideFunctions):
            return None
        fits = [a not in self._ran and a in self._functions and a.co_freevars == b.co_freevars for a, b in pairs]
        return pairs if all(fits) else None

    def exchange(self, pairs: list[tuple[CodeType, CodeType]]) -> None:
        """Gives the functions their new code."""
        for old, new in pairs:
            for function in self._functions[old]:
                function.__code__ = new

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename == self._file:
            self._ran.add(frame.f_code)


class OutsideFunctions(Exception):
    """A change of what runs when a module is imported."""


def _changed(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The outermost functions that differ, in a module or a class."""
    inner = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new)]
    if _own(old) != _own(new) or len(inner[0]) != len(inner[1]):
        raise OutsideFunctions
    for a, b in zip(*inner, strict=True):
        if not a.co_flags & OPTIMIZED:
            yield from _changed(a, b)
        elif a != b:
            yield a, b


def _own(code: CodeType) -> CodeType:
    return code.replace(co_consts=tuple("code" if isinstance(c, CodeType) else c for c in code.co_consts))
