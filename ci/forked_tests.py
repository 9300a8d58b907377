"""Runs the tests of a file on many versions of it, each in a fork of a process that has imported what they share."""

import gc
import importlib
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from ci.code_of_functions import Loaded

SHARED = ("jax", "scipy.linalg", "hypothesis.extra.numpy", "beartype", "e3nn_jax")  # slow to import, and not under test
PATIENCE = 5.0  # times the seconds of the tests without a mutation: then it is a loop without an end, and a kill
MEMORY = 8 << 30  # bytes: a mutant that asks for more of the machine is killed too

# Without what only speaks to people; a failure is not made smaller; annotations are not checked, so that what is killed
# is killed by a test.
OPTIONS = (
    *("-q", "-x", "--tb=no", "--no-header", "--no-summary", "--assert=plain"),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"),
    *("--hypothesis-profile=mutation", "--jaxtyping-packages="),
)
settings.register_profile(
    "mutation", deadline=None, derandomize=True, max_examples=25, phases=[Phase.explicit, Phase.generate]
)


def share(cache: Path) -> None:
    """Imports what every run of the tests needs, and has XLA keep what it compiles in the folder `cache`."""
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
    for name in SHARED:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


class ForkedTests:
    """The tests of one file of the working directory, and the examples in its docstrings."""

    def __init__(self, file: str, tests: Iterable[str]):
        self.file = file
        self.source = Path(file).read_text()
        self._arguments = [*OPTIONS, file, *tests]
        self._versions = 0
        self._seconds = math.inf

    def unfit(self) -> str:
        """What is wrong with the tests; nothing if they pass, and fail when the file does."""
        self.write(self.source)
        for _ in range(2):  # the first time compiles
            before = _seconds_of_children()
            if _status(_fork(lambda: self._pytest(bytecode=True))):
                return "fail without a mutation"
            self._seconds = _seconds_of_children() - before
        return "" if self._killed("raise RuntimeError") else "pass without the file"

    def killed(self, texts: list[str]) -> Iterator[tuple[int, bool]]:
        """The place of each text in the list, and whether a test notices it; not in the order of the list."""
        self.write(self.source)
        exchanged = set[int]()
        for n, killed in self._exchanged(texts):
            exchanged.add(n)
            yield n, killed
        for n, text in enumerate(texts):
            if n not in exchanged:
                yield n, self._killed(text)
        self.write(self.source)

    def _killed(self, text: str) -> bool:
        self.write(text)
        return _status(_fork(self._limited)) != 0

    def _exchanged(self, texts: list[str]) -> Iterator[tuple[int, bool]]:
        """Of the mutants that need no import: the tests are collected once, in a fork that is forked for each."""
        read, write = os.pipe()
        pid = _fork(lambda: self._pytest(Exchanging(self, texts, write)))
        os.close(write)
        with os.fdopen(read) as lines:
            for line in lines:
                n, status = map(int, line.split())
                yield n, status != 0
        if _status(pid):
            raise RuntimeError(f"{self.file}: its tests cannot be collected")

    def _limited(self) -> int:
        self.limit()
        return self._pytest()

    def _pytest(self, *plugins: object, bytecode: bool = False) -> int:
        sys.dont_write_bytecode = not bytecode
        os.environ["PYTHONDONTWRITEBYTECODE"] = "" if bytecode else "1"
        _silence()
        return int(pytest.main(self._arguments, plugins=plugins))

    def limit(self) -> None:
        """Ends this process, if it takes much longer than the tests do without a mutation, or much memory."""
        seconds = math.ceil(PATIENCE * self._seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(20 * seconds)  # on a busy machine, or asleep

    def write(self, text: str) -> None:
        """Every version has a time of its own, by which Python knows that bytecode was compiled of another one."""
        self._versions += 1
        Path(self.file).write_text(text)
        os.utime(self.file, (self._versions, self._versions))


class Exchanging:
    """The plugin of pytest that, once the tests are collected, has them run in a fork for each mutant."""

    def __init__(self, tests: ForkedTests, texts: list[str], to: int):
        self._tests = tests
        self._texts = texts
        self._to = to
        self._threads = _threads()
        self._loaded = Loaded(str(Path(tests.file).resolve()), tests.source)
        self._loaded.watch()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """In the forks None, so that pytest goes on to run the tests."""
        self._loaded.found()
        if _threads() > self._threads:  # those of XLA, which a fork would not have and would wait for
            return True
        gc.collect()
        gc.freeze()
        for n, text in enumerate(self._texts):
            if (pairs := self._loaded.exchanges(text)) is None:
                continue
            self._tests.write(text)  # for the tests that start a process
            if (pid := os.fork()) == 0:
                self._tests.limit()
                self._loaded.exchange(pairs)
                return None
            os.write(self._to, f"{n} {_status(pid)}\n".encode())
        return True


def _fork(run: Callable[[], int]) -> int:
    """The process that runs a function and ends with what it returns."""
    if (pid := os.fork()) == 0:
        try:
            os._exit(run())
        finally:
            os._exit(1)
    return pid


def _status(pid: int) -> int:
    """What a process ended with; a negative number says which signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
