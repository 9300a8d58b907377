"""The products and the norm agree with e3nn-jax in float64, where e3nn-jax is right."""

import pytest

from spec.cross import cross
from spec.dot import dot
from spec.elementwise_tensor_product import elementwise_tensor_product
from spec.norm import norm
from spec.tensor_product import tensor_product
from spec.tensor_square import tensor_square
from tests.spec.e3nn_jax.samples import IRREPS, agree, array, compiled, e3nn, irs, vector


@pytest.mark.parametrize("text1, text2", [("2x0e+1o", "0o+2o"), ("1o+0x2e+2e+1o", "1e+2x1o"), ("3o", "2e"), ("", "1o")])
def test_tensor_product(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    agree(tensor_product(irreps1, x, irreps2, y), e3nn.tensor_product(array(text1, x), array(text2, y)))


@pytest.mark.parametrize("irrep_normalization", ["component", "norm", "none"])
def test_options_of_tensor_product(irrep_normalization):
    text1, text2 = "1o+0x2e+2e+1o", "1e+2x1o"
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    kept = [(1, 1), (0, -1), (2, 1)]
    options = {"irrep_normalization": irrep_normalization, "regroup_output": irrep_normalization == "none"}
    agree(
        tensor_product(irreps1, x, irreps2, y, filter_ir_out=kept, **options),
        e3nn.tensor_product(array(text1, x), array(text2, y), filter_ir_out=irs(kept), **options),
    )


@pytest.mark.parametrize(
    "text1, text2",
    [("2x0e+1o", "1e+2x0o"), ("3x1o+2e", "1o+3x2e"), ("1o+0x2e+2x1e", "3x1o"), ("0x1o+2x0e", "2x1e"), ("", "")],
)
def test_elementwise_tensor_product(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    for options in [{}, {"irrep_normalization": "norm"}, {"irrep_normalization": "none"}]:
        agree(
            elementwise_tensor_product(irreps1, x, irreps2, y, **options),
            compiled(e3nn.elementwise_tensor_product, array(text1, x), array(text2, y), **options),
        )
    kept = [(1, 1), (0, 1)]
    agree(
        elementwise_tensor_product(irreps1, x, irreps2, y, filter_ir_out=kept),
        compiled(e3nn.elementwise_tensor_product, array(text1, x), array(text2, y), filter_ir_out=irs(kept)),
    )


@pytest.mark.parametrize("irrep_normalization", ["component", "norm", "none"])
@pytest.mark.parametrize("normalized_input", [False, True])
def test_tensor_square(irrep_normalization, normalized_input):
    options = {"irrep_normalization": irrep_normalization, "normalized_input": normalized_input}
    for text, regroup_output in [("2x1o+0x2e+0o+1o", irrep_normalization != "norm"), ("2e", True), ("", True)]:
        (irreps, x), options["regroup_output"] = vector(text), regroup_output
        agree(tensor_square(irreps, x, **options), e3nn.tensor_square(array(text, x), **options))


@pytest.mark.parametrize("text", IRREPS)
def test_norm(text):
    irreps, x = vector(text)
    for options in [{}, {"squared": True}, {"per_irrep": False}, {"per_irrep": False, "squared": True}]:
        agree(norm(irreps, x, **options), e3nn.norm(array(text, x), **options))


@pytest.mark.parametrize(
    "text1, text2", [("2x0e+1o", "0e+0e+1o"), ("1o+0x2e+1o+2e", "2x1o+2e"), ("", ""), ("0x1o", "")]
)
def test_dot(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    for options in [{}, {"per_irrep": True}]:
        agree(dot(irreps1, x, irreps2, y, **options), e3nn.dot(array(text1, x), array(text2, y), **options))
    agree(dot(irreps1, 1j * x, irreps2, y), e3nn.dot(array(text1, 1j * x), array(text2, y)))


@pytest.mark.parametrize("text1, text2", [("1o", "1e"), ("2x1o+1e", "1o+2x1o"), ("1o+0x1e+1o", "1x1e+1x1o")])
def test_cross(text1, text2):
    (irreps1, x), (irreps2, y) = vector(text1), vector(text2)
    agree(cross(irreps1, x, irreps2, y), e3nn.cross(array(text1, x), array(text2, y)))
