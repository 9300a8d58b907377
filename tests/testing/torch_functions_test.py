"""Functions and modules of torch: run in both precisions, and differentiated by torch, which is in no extra."""

import importlib
from pathlib import Path

import pytest

import eqlib.testing
from eqlib.testing.calling import HAND_OVER
from eqlib.testing.checking import check
from eqlib.testing.command import carry_out
from eqlib.testing.profile import Profile
from eqlib.testing.report import Verdict
from eqlib.testing.targets import Unusable

torch = pytest.importorskip("torch", reason="torch is not installed, and eqlib needs it for nothing else")

FEW = Profile("few", inputs=("as given", "sparse"), thorough=("as given",), few=2)


HELD = torch.nn.Linear(3, 3)


def holds_a_module(x):
    return HELD(x)


def broken(fn, in_, out):
    """The laws that are broken, of which there are none only if the report is ok."""
    report = check(fn, in_, out, profile=FEW)
    assert not report.certified
    assert report.ok == all(f.verdict is Verdict.OK for f in report.findings)
    return {f.law for f in report.findings if f.verdict is not Verdict.OK}


def squared(x):
    return (x * x).sum(-1, keepdim=True)


class Vectors(torch.nn.Module):
    """Mixes four vectors, gated by their lengths; with a bias on the components, no longer."""

    def __init__(self, bias=False, rate=0.0):
        super().__init__()
        torch.manual_seed(0)
        self.mix = torch.nn.Linear(4, 4, bias=False)
        self.bias = torch.nn.Parameter(torch.full((3,), 1e-4)) if bias else 0.0
        self.dropout = torch.nn.Dropout(rate)

    def forward(self, x):
        vectors = self.mix(x.reshape(4, 3).T).T + self.bias
        return self.dropout(vectors * torch.tanh(squared(vectors))).reshape(12)


def test_a_module_is_run_in_both_precisions_with_its_gradient():
    net = Vectors()
    report = check(net, "4x1o", "4x1o", profile=FEW)
    assert report.ok and str(report).startswith("Vectors: ok (tested, not certified)")
    assert {f.mode for f in report.findings} == {"float64", "float32"}
    assert {"signs", "precision ladder", "finite gradient", "derivative", "gradient"} <= {
        f.law for f in report.findings
    }
    assert net.mix.weight.dtype == torch.float32 and net.mix.weight.grad is None


def test_a_module_in_bfloat16():
    report = check(Vectors(), "4x1o", "4x1o", profile=FEW, dtypes=["bfloat16"], differentiable=False)
    assert report.ok and {f.mode for f in report.findings} == {"float64", "bfloat16"}


def test_wrong_modules():
    assert "rotation" in broken(Vectors(bias=True), "4x1o", "4x1o")
    assert broken(Vectors(rate=0.5), "4x1o", "4x1o") == {"repetition"}
    assert not broken(Vectors(rate=0.5).eval(), "4x1o", "4x1o")


def test_a_gradient_that_is_detached_or_wrong_is_found():
    class Turned(torch.autograd.Function):
        """x |x|^2, with two components of the gradient exchanged."""

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * squared(x)

        @staticmethod
        def backward(ctx, v):
            (x,) = ctx.saved_tensors
            return (v * squared(x) + 2 * x * (x * v).sum())[[1, 0, 2]]

    assert broken(lambda x: torch.mul(x, squared(x).detach()), "1o", "1o") == {"derivative"}
    assert broken(lambda x: torch.mul(x, squared(x)).detach(), "1o", "1o") >= {"derivative"}
    assert "gradient" in broken(Turned.apply, "1o", "1o")
    assert broken(lambda x: torch.linalg.norm(x, dim=-1, keepdim=True).sqrt(), "1o", "0e") >= {"finite gradient"}
    assert not broken(lambda x: torch.mul(x, squared(x)), "1o", "1o")


def test_a_graph_network_with_edges_and_a_tree_of_results():
    def messages(points, senders, receivers):
        assert senders.dtype == torch.int64
        r = points[senders] - points[receivers]
        to = torch.zeros_like(points).index_add(0, receivers, r * torch.exp(-squared(r)))
        return {"energy": torch.exp(-squared(r)).sum(0), "forces": to}

    in_, out = ("points", "nodes per edge", "nodes per edge"), {"energy": "0e", "forces": "1o per node"}
    assert not broken(messages, in_, out)
    assert "translation" in broken(lambda x, s, r: {"energy": squared(torch.mean(x, 0)), "forces": x * 0}, in_, out)


def test_float32_inside_does_not_fall():
    assert "precision ladder" in broken(lambda x: x * squared(torch.mul(x, 1.0).float()).to(x.dtype), "2e", "2e")


def test_a_function_that_holds_a_module_is_told_to_hand_it_over():
    with pytest.raises(RuntimeError, match="dtype") as raised:
        check(holds_a_module, "1o", "1o")
    assert HAND_OVER in raised.value.__notes__
    with pytest.raises(Unusable, match=r"(?s)raises RuntimeError .* dtype.*give a module itself"):
        carry_out(check, {"target": f"{__name__}:holds_a_module", "in": "1o", "out": "1o"})
    assert not broken(lambda x: torch.abs(HELD.to(x.dtype).weight[0, 0]) * x, "1o", "1o")


def test_the_layers_of_the_how_to(tmp_path, monkeypatch):
    text = Path(eqlib.testing.__file__).with_name("README.md").read_text()
    block = text[text.index("# torch_layers.py") : text.index("```", text.index("# torch_layers.py"))]
    (tmp_path / "torch_layers.py").write_text(block)
    monkeypatch.syspath_prepend(tmp_path)
    layers = importlib.import_module("torch_layers")
    assert not broken(layers.gated, "4x1o", "4x1o")
    assert broken(layers.detached, "1o", "1o") == {"derivative"}


def test_parameters_and_running_statistics_are_moved_from_zeros_and_ones():
    """Those of a copy: the module itself keeps what it has."""
    scaled = Vectors()
    scaled.bias = torch.nn.Parameter(torch.zeros(3))
    assert "rotation" in broken(scaled, "4x1o", "4x1o") and torch.all(scaled.bias == 0)

    class Normalised(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = torch.nn.BatchNorm1d(3, affine=False)

        def forward(self, x):
            return self.norm(x.reshape(-1, 3)).reshape(x.shape)

    assert "rotation" in broken(Normalised().eval(), "1o", "1o") and not broken(Normalised().eval(), "3x0e", "3x0e")


def test_running_sums_of_squares_stay_positive():
    class BySquares(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("running_var", torch.zeros(16))

        def forward(self, x):
            return x / torch.sqrt(2.0**-8 + self.running_var).sum()

    assert not broken(BySquares(), "1o", "1o")


def test_a_module_that_a_function_refers_to_is_named():
    module = Vectors().double()
    module.bias = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
    report = check(lambda x: module(x), "4x1o", "4x1o", profile=FEW, dtypes=[])
    assert any(note.startswith("the parameters of module were not moved from the zeros") for note in report.notes)
