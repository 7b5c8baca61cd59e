"""Prints the polynomials in layers/src/activation/gelu.rs.

    pip install mpmath
    python3 goldens/mills_ratio.py

The normal distribution's tail is Φ(−x) = φ(x)·R(x), where R is Mills' ratio. With t = 1/(1 + c·x) the function R/t is so
smooth that a polynomial through the Chebyshev nodes in t gives it to the precision of a scalar, for all x up to where φ(x)
is no normal number any more.
"""

import mpmath

mpmath.mp.dps = 60


def mills_ratio(x):
    return mpmath.sqrt(mpmath.pi / 2) * mpmath.erfc(x / mpmath.sqrt(2)) * mpmath.exp(x * x / 2)


def fit(c, largest, degree):
    """The coefficients, highest power first, and the largest relative error."""
    first = 1 / (1 + c * mpmath.mpf(largest))
    middle, half = (1 + first) / 2, (1 - first) / 2
    f = lambda t: mills_ratio((1 / t - 1) / c) / t
    count = degree + 1
    nodes = [middle + half * mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    powers = mpmath.matrix([[t ** (degree - j) for j in range(count)] for t in nodes])
    coefficients = list(mpmath.lu_solve(powers, mpmath.matrix([f(t) for t in nodes])))
    places = [first + 2 * half * k / 1000 for k in range(1001)]
    error = max(abs(mpmath.polyval(coefficients, t) / f(t) - 1) for t in places)
    return coefficients, error


for name, c, largest, degree in [("SINGLE", "0.3", 14.5, 9), ("DOUBLE", "0.2", 39, 22)]:
    coefficients, error = fit(mpmath.mpf(c), largest, degree)
    print(f"// c = {c}, largest relative error {mpmath.nstr(error, 2)}")
    print(f"const {name}: [f64; {degree + 1}] = [")
    for value in coefficients:
        print(f"    {float(value)!r},")
    print("];")
