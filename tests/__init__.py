"""The tests of eqlib: the folders mirror those of the library."""

from tests.typechecker import typechecked as typechecked
