"""Compiled kernels on disk: found again, by several processes, within bounds, and never wrong."""

import os
import subprocess
import sys

import pytest

from eqlib.lowering.cuda import cache
from eqlib.lowering.cuda.cache import cached


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def refuse():
    raise AssertionError("it is compiled again")


def test_what_was_compiled_is_found(folder):
    assert cached(("a", "b"), lambda: "ptx") == "ptx"
    assert cached(("a", "b"), refuse) == "ptx"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("parts", [("a", "c"), ("ab", ""), ("", "ab"), ("b", "a")])
def test_other_parts_are_another_kernel(parts):
    cached(("a", "b"), lambda: "one")
    assert cached(parts, lambda: "other") == "other"


@pytest.mark.parametrize("content", [b"", b"no digest", b"\xff\xfe", b"0123\nptx"])
def test_a_file_that_is_not_whole_is_written_anew(folder, content):
    cached(("a",), lambda: "ptx")
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert cached(("a",), lambda: "ptx") == "ptx"
    assert cached(("a",), refuse) == "ptx"


def test_a_text_that_was_cut_is_not_used(folder):
    cached(("a",), lambda: "a long text")
    (file,) = folder.iterdir()
    file.write_text(file.read_text()[:-1])
    assert cached(("a",), lambda: "compiled again") == "compiled again"


def test_what_was_not_used_for_longest_goes(folder, monkeypatch):
    monkeypatch.setattr(cache, "MAX_BYTES", 1000)
    files = {}
    for n, name in enumerate("abc"):
        before = set(folder.iterdir()) if folder.exists() else set()
        cached((name,), lambda: "x" * 300)
        (files[name],) = set(folder.iterdir()) - before - set(files.values())
        os.utime(files[name], (n, n))
        cached(("a",), refuse)  # used again: now
    assert not files["b"].exists()
    assert files["a"].exists() and files["c"].exists()


def test_off(folder, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, "off")
    assert cached(("a",), lambda: "one") == "one"
    assert cached(("a",), lambda: "two") == "two"
    assert not folder.exists()


def test_without_the_variable_it_is_where_caches_are(tmp_path, monkeypatch):
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "eqlib" / "kernels"


def test_a_folder_that_cannot_be_written_to_costs_no_more_than_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "kernels"))
    assert cached(("a",), lambda: "ptx") == "ptx"


def test_a_compilation_that_fails_leaves_nothing(folder):
    with pytest.raises(ZeroDivisionError):
        cached(("a",), lambda: str(1 / 0))
    assert not folder.exists()


# A process that asks for seven texts over and over, and ends at the first that is not the one it asked for. The module
# needs the standard library alone.
READS_AND_WRITES = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("cache", sys.argv[1])
cache = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cache)
cache.MAX_BYTES = 200_000
sys.stdin.readline()
for n in range(100):
    text = f"kernel {n % 7} " * 5000
    found = cache.cached((str(n % 7),), lambda: text)
    assert found == text
"""


def test_processes_share_a_folder(folder):
    """Bounds that hold three of seven texts: files come and go under every hand."""
    command = [sys.executable, "-c", READS_AND_WRITES, cache.__file__]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0]
    assert not [file for file in folder.iterdir() if file.name.startswith("writing-")]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 300_000
