"""The elements have the numbers, the symbols and the radii that others give them."""

import pytest

from eqlib.training.elements import COVALENT_RADII, SYMBOLS, atomic_number, symbol


def test_elements_are_numbered_in_order():
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 118
    assert [symbol(n) for n in (1, 6, 8, 26, 79, 118)] == ["H", "C", "O", "Fe", "Au", "Og"]
    assert all(symbol(atomic_number(name)) == name for name in SYMBOLS)


@pytest.mark.parametrize("number", [-1, 0, 119])
def test_no_element_outside_the_table(number: int):
    with pytest.raises(KeyError):
        symbol(number)


def test_the_elements_are_those_of_ase():
    data = pytest.importorskip("ase.data")
    assert list(SYMBOLS) == data.chemical_symbols[1:]
    assert all(abs(radius - data.covalent_radii[number]) < 1e-9 for number, radius in COVALENT_RADII.items())
    assert list(COVALENT_RADII) == list(range(1, 97))
