"""The chemical elements: atomic numbers to symbols and back."""

_PERIODS = """
H He
Li Be B C N O F Ne
Na Mg Al Si P S Cl Ar
K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe
Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn
Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""

SYMBOLS = tuple(_PERIODS.split())

_NUMBER_OF = {symbol: number for number, symbol in enumerate(SYMBOLS, start=1)}


def symbol(number: int) -> str:
    """Symbol of the element with this atomic number.

    Raises: KeyError if no element has it.
    Example:
        >>> symbol(8)
        'O'
    """
    if not 1 <= number <= len(SYMBOLS):
        raise KeyError(number)
    return SYMBOLS[number - 1]


def atomic_number(symbol: str) -> int:
    """Atomic number of the element with this symbol.

    Raises: KeyError if no element has it.
    Example:
        >>> atomic_number("O")
        8
    """
    return _NUMBER_OF[symbol]
