# SPDX-License-Identifier: MPL-2.0
"""Columns: how a value is shown on the page, and which plain value goes into an export."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_tables2
from django.db.models import Choices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_tables2.utils import A, Accessor

from kommune3.ui import numbers

Plain = str | int | float | Decimal | date | datetime | bool | None


class Column(django_tables2.Column):
    """A column of text. ``empty_values`` are shown as a dash and exported as nothing."""

    css = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        attrs = kwargs.pop("attrs", {})
        css = {"class": self.css} if self.css else {}
        kwargs["attrs"] = {"td": css, "th": css, **attrs}
        kwargs.setdefault("default", "–")
        super().__init__(*args, **kwargs)

    def plain(self, record: Any, bound_column: Any) -> Plain:
        """The value for an export: a number stays a number, a date a date."""
        value = bound_column.accessor.resolve(record, quiet=True)
        return None if value in self.empty_values else self.exported(value)

    def exported(self, value: Any) -> Plain:
        """``value`` as a spreadsheet should hold it."""
        return str(value)


class TextColumn(Column):
    """Text."""


class CodeColumn(Column):
    """A code, shown and exported by what it is called: ``title`` gives that."""

    def __init__(self, *args: Any, title: Callable[[str], str], **kwargs: Any) -> None:
        self.title = title
        super().__init__(*args, **kwargs)

    def render(self, value: str) -> str:
        return self.title(value)

    def exported(self, value: Any) -> Plain:
        return self.title(value)


class NumberColumn(Column):
    """A number, aligned right. ``decimals`` fixes the digits after the comma; ``unit`` stands after it."""

    css = "k3-number k3-nowrap"

    def __init__(self, *args: Any, decimals: int | None = None, unit: str | Promise = "", **kwargs: Any) -> None:
        self.decimals = decimals
        self.unit = unit
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        figure = numbers.format_number(value, self.decimals)
        return f"{figure} {self.unit}" if self.unit else figure

    def exported(self, value: Any) -> Plain:
        return value if isinstance(value, int | float | Decimal) else float(value)


class DateColumn(Column):
    """A day."""

    css = "k3-nowrap"

    def render(self, value: Any) -> str:
        return numbers.format_instant(value)

    def exported(self, value: Any) -> Plain:
        return value  # type: ignore[no-any-return]


class DateTimeColumn(DateColumn):
    """An instant, in Danish municipal time."""


class BooleanColumn(Column):
    """Yes or no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_values", (None,))
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        return _("Yes") if value else _("No")

    def exported(self, value: Any) -> Plain:
        return self.render(value)


class StatusColumn(Column):
    """A state as a badge. ``variants`` maps values to ``info``, ``success``, ``warning`` or ``error``."""

    css = "k3-nowrap"

    def __init__(
        self, *args: Any, choices: type[Choices] | None = None, variants: Mapping[Any, str] | None = None, **kwargs: Any
    ) -> None:
        self.titles = dict(choices.choices) if choices else {}
        self.variants = variants or {}
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        # django-tables2 hands in the title of a field with choices; the variants are named by the value itself
        state = bound_column.accessor.resolve(record, quiet=True)
        variant = self.variants.get(state)
        css = f"badge badge-{variant}" if variant else "badge k3-badge-plain"
        return format_html('<span class="{}">{}</span>', css, self.titles.get(state, value))

    def exported(self, value: Any) -> Plain:
        return str(self.titles.get(value, value))


class LinkColumn(Column):
    """Text that leads to the row's own page: ``url`` is the URL's name, ``argument`` the accessor of its argument."""

    def __init__(self, *args: Any, url: str, argument: str = "pk", **kwargs: Any) -> None:
        self.url = url
        self.argument: Accessor = A(argument)
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse(self.url, args=[self.argument.resolve(record)]), value)
