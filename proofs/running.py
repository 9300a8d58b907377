"""Runs theorems and programs, one after the other or in several processes."""

import importlib
import multiprocessing
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import proofs
from proofs.certificate import THEOREMS, Verdict, decide
from proofs.programs.program import Outcome, judge
from proofs.programs.table import PROGRAMS

Given, Found = TypeVar("Given"), TypeVar("Found")


def each(run: Callable[[Given], Found], given: Sequence[Given], jobs: int) -> Iterator[Found]:
    """What `run` returns of each, in their order: here, or in so many processes that begin with nothing of this one."""
    if jobs == 1 or not given:
        yield from map(run, given)
        return
    with ProcessPoolExecutor(min(jobs, len(given)), multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(run, given)


def run_theorem(name: str, lmax: int) -> Verdict:
    """Decides a theorem, which a process is given by its name."""
    load_theorems()
    print(f"proving {name} ...", file=sys.stderr, flush=True)
    return decide(THEOREMS[name], lmax)


def run_program(index: int) -> Outcome:
    """Judges a program, which a process is given by its place in the table: many are functions that have no name."""
    print(f"running {PROGRAMS[index].title} ...", file=sys.stderr, flush=True)
    return judge(PROGRAMS[index])


def load_theorems() -> None:
    """Each file of this directory registers its theorems when it is imported."""
    for module in pkgutil.iter_modules(proofs.__path__):
        if module.name != "__main__":
            importlib.import_module(f"proofs.{module.name}")
