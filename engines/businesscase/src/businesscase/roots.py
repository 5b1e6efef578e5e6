# SPDX-License-Identifier: MPL-2.0
"""Internal rates of return: all of them, or the word that there is none. Exact counting of roots (Sturm 1829).

A rate r solves sum of a[t] / (1 + r)^t = 0; with x = 1 / (1 + r) that is a polynomial whose roots above zero are
sought. Several changes of sign may give several rates, and then none of them says whether the initiative pays.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from businesscase.flow import as_decimal

_EXACT = Fraction(1, 10**15)


class RateKind(StrEnum):
    """How many rates there are."""

    UNIQUE = "unique"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class InternalRates:
    """The rates a year above -1 at which the amounts are worth nought, rising. More than one, or none, says nothing."""

    kind: RateKind
    rates: tuple[Decimal, ...]


def internal_rates(amounts: Iterable[int]) -> InternalRates:
    """All internal rates of return of yearly amounts, to 12 decimals. Amounts that are all nought have none."""
    polynomial = _stripped(list(amounts))
    roots = [_narrowed(polynomial, *span) for span in _isolated(polynomial)] if len(polynomial) > 1 else []
    rates = tuple(sorted(round(as_decimal(1 / root - 1), 12) for root in roots))
    kind = RateKind.NONE if not rates else RateKind.UNIQUE if len(rates) == 1 else RateKind.SEVERAL
    return InternalRates(kind, rates)


Polynomial = list[int]
"""Whole coefficients, lowest first, the last not nought."""


def _stripped(polynomial: Polynomial) -> Polynomial:
    """Without empty years at either end: neither changes a root above zero."""
    found = [index for index, of in enumerate(polynomial) if of]
    return polynomial[found[0] : found[-1] + 1] if found else []


def _sign(polynomial: Polynomial, x: Fraction) -> int:
    """Of the value at x, in whole numbers: times the denominator to the power of the degree."""
    value, scale = 0, 1
    for of in reversed(polynomial):
        value = value * x.numerator + of * scale
        scale *= x.denominator
    return (value > 0) - (value < 0)


def _isolated(polynomial: Polynomial) -> list[tuple[Fraction, Fraction, list[Polynomial]]]:
    """Spans (low, high] with one root each, and the chain that counts them there."""
    # Cauchy's bound on roots, raised to a power of two so that halving keeps the fractions short.
    bound = 1 + max(abs(of) for of in polynomial[:-1]) // abs(polynomial[-1]) + 1
    high = Fraction(2 ** bound.bit_length())
    changes = _changes_of([_sign([of], Fraction(1)) for of in polynomial])
    if changes <= 1:
        # Descartes: one change of sign, one root; and it is where the value changes sign.
        return [(Fraction(0), high, [polynomial])] if changes else []
    chain = _sturm(polynomial)
    spans, found = [(Fraction(0), high)], []
    while spans:
        low, high = spans.pop()
        count = _changes(chain, low) - _changes(chain, high)
        if count == 1:
            found.append((low, high, chain))
        elif count > 1:
            middle = (low + high) / 2
            spans += [(low, middle), (middle, high)]
    return found


def _narrowed(polynomial: Polynomial, low: Fraction, high: Fraction, chain: list[Polynomial]) -> Fraction:
    below, above = _sign(polynomial, low), _sign(polynomial, high)
    crosses = below * above < 0
    while high - low > _EXACT * high and high > _EXACT:
        middle = (low + high) / 2
        if crosses:
            is_below = _sign(polynomial, middle) == below
        else:  # it only touches nought, or high is the root
            is_below = _changes(chain, middle) - _changes(chain, high) == 1
        low, high = (middle, high) if is_below else (low, middle)
    return high


def _sturm(polynomial: Polynomial) -> list[Polynomial]:
    """Of every two neighbours the negative remainder, times whole numbers above zero that keep it whole and small."""
    chain = [polynomial, [index * of for index, of in enumerate(polynomial)][1:]]
    while len(chain[-1]) > 1:
        rest = [-of for of in _remainder(chain[-2], chain[-1])]
        if not rest:
            break
        content = math.gcd(*rest)
        chain.append([of // content for of in rest])
    return chain


def _remainder(above: Polynomial, below: Polynomial) -> Polynomial:
    rest = above[:]
    leading = abs(below[-1])
    side = 1 if below[-1] > 0 else -1
    while len(rest) >= len(below):
        factor = side * rest[-1]
        rest = [leading * of for of in rest]
        shift = len(rest) - len(below)
        for offset, of in enumerate(below):
            rest[shift + offset] -= factor * of
        while rest and not rest[-1]:
            rest.pop()
    return rest


def _changes(chain: list[Polynomial], x: Fraction) -> int:
    return _changes_of([_sign(of, x) for of in chain])


def _changes_of(signs: list[int]) -> int:
    kept = [sign for sign in signs if sign]
    return sum(one != other for one, other in zip(kept, kept[1:], strict=False))
