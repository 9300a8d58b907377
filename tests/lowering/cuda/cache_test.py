"""Compiled kernels on disk: found again, by several processes, within bounds, and never wrong."""

import multiprocessing
import os

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


def _read_and_write(begin, end):
    begin.wait()
    for n in range(begin.parties * 40):
        text = f"kernel {n % 7} " * 5000
        found = cached((str(n % 7),), lambda text=text: text)
        if found != text:
            os._exit(1)
    end.wait()


def test_processes_share_a_folder(folder, monkeypatch):
    """Bounds that hold three of seven texts: files come and go under every hand."""
    monkeypatch.setattr(cache, "MAX_BYTES", 200_000)
    context = multiprocessing.get_context("fork")
    begin, end = context.Barrier(2), context.Barrier(2)
    workers = [context.Process(target=_read_and_write, args=(begin, end)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert not [file for file in folder.iterdir() if file.name.startswith("writing-")]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 300_000
