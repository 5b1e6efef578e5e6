# SPDX-License-Identifier: MPL-2.0
from django import template

from kommune3.kernel.people import ways

register = template.Library()


@register.simple_tag
def login_ways() -> list[ways.Way]:
    """The ways of logging in that leave the platform, where the municipality has set any up."""
    return ways.ways()
