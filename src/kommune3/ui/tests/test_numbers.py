# SPDX-License-Identifier: MPL-2.0
from decimal import Decimal

import pytest
from django.utils import translation

from kommune3.ui.numbers import format_number


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("51908.58"), 0, "51.909"),
        (Decimal("0.96"), 1, "1,0"),
        (-1610.96, 0, "-1.611"),
        (Decimal("12.5"), 2, "12,50"),
    ],
)
def test_a_number_with_fixed_decimals_is_rounded_and_not_cut(value, decimals, shown):
    with translation.override("da"):
        assert format_number(value, decimals) == shown
