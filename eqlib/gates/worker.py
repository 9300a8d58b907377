"""A process that times the cases of one checkout, as another process asks it to: python -m eqlib.gates.worker

It reads a line of JSON for each request and writes one for each answer. Both sides of a comparison run this, each from
its own checkout.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np

from eqlib.gates.passes import passed
from eqlib.gates.project import Project, read_project
from eqlib.testing.targets import Unusable


class Worker:
    """The cases of a project, of which one is compiled at a time."""

    def __init__(self, project: Project) -> None:
        cases = project.load_cases()
        self.passes = {name: (case, kind) for case in cases for name, kind in case.programs.items()}
        _refuse_other_checkouts(project)

    def names(self) -> list[str]:
        """The passes that can be timed."""
        return list(self.passes)

    def compile(self, name: str) -> float:
        """Compiles a pass, runs it, and returns the CPU seconds of a second run."""
        case, kind = self.passes[name]
        function, shapes = passed(case.function, case.inputs, kind)
        rng = np.random.default_rng(0)
        self.inputs = jax.device_put(jax.tree.map(lambda leaf: _filled(leaf, rng), shapes))
        self.call = jax.jit(function).lower(*self.inputs).compile()
        self.sample(1)
        return self.sample(1)

    def sample(self, repeats: int) -> float:
        """The CPU seconds of so many calls, of all threads of this process."""
        started = time.process_time()
        for _ in range(repeats):
            jax.block_until_ready(self.call(*self.inputs))
        return time.process_time() - started


def _filled(leaf: Any, rng: np.random.Generator) -> Any:
    """An array as it is; of a shape, normal numbers, or zeros where they are no floating numbers."""
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    floating = jax.numpy.issubdtype(leaf.dtype, jax.numpy.inexact)
    return (rng.normal(size=leaf.shape) if floating else np.zeros(leaf.shape)).astype(leaf.dtype)


def _refuse_other_checkouts(project: Project) -> None:
    """A module that lies in this checkout, but was imported from elsewhere, would be timed in place of this one."""
    root = project.root.resolve()
    for name in {name.partition(".")[0] for name in sys.modules}:
        file = getattr(sys.modules.get(name), "__file__", None)
        folders = [root / folder for folder in project.path]
        here = any((folder / name / "__init__.py").exists() or (folder / f"{name}.py").exists() for folder in folders)
        if here and file and not Path(file).resolve().is_relative_to(root):
            raise Unusable(
                f"{name} was imported from {file}, and not from the checkout.\n"
                '  Name its folder in [tool.eqlib.gate], as path = ["src"].'
            )


def main() -> int:
    """Answers requests until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # what the cases print is no answer

    def answer(value: Any) -> None:
        print(json.dumps(value), file=answers, flush=True)

    try:
        worker = Worker(read_project(Path.cwd()))
    except Unusable as error:
        answer({"error": str(error)})
        return 2
    answer({"names": worker.names()})
    for line in sys.stdin:
        request, argument = json.loads(line)
        try:
            answer({"seconds": getattr(worker, request)(argument)})
        except Exception as error:
            answer({"error": f"{type(error).__name__}: {error}"})
    return 0


if __name__ == "__main__":
    sys.exit(main())
