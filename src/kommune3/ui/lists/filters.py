# SPDX-License-Identifier: MPL-2.0
"""Filters of a list, over django-filter, in the look of dkfds."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import SuffixedMultiWidget

from kommune3.ui.widgets import DatePicker


class FilterForm(forms.Form):
    """A form whose fields may all be empty, so none of them says that it is optional."""

    is_filter = True
    use_required_attribute = False


class FilterSet(django_filters.FilterSet):
    """Declare filters as attributes; they are shown in that order above the list."""

    class Meta:
        form = FilterForm

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._meta.form = FilterForm

    @property
    def active_count(self) -> int:
        """How many of the filters the reader has set."""
        return len(self.active_names)

    @property
    def active_names(self) -> list[str]:
        """The names of the filters that the reader has set, without what was set."""
        if not self.form.is_bound or not self.form.is_valid():
            return []
        return [name for name, value in self.form.cleaned_data.items() if not _is_blank(value)]


def _is_blank(value: Any) -> bool:
    return value is None or value == "" or (hasattr(value, "__len__") and len(value) == 0)


class SearchFilter(django_filters.CharFilter):
    """Rows in which every word typed is found in at least one of ``fields``."""

    def __init__(self, *, fields: tuple[str, ...], **kwargs: Any) -> None:
        self.fields = fields
        kwargs.setdefault("label", _("Search"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in (value or "").split():
            anywhere = Q()
            for field in self.fields:
                anywhere |= Q(**{f"{field}__icontains": word})
            qs = qs.filter(anywhere)
        return qs


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of a fixed set of values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("All"))
        super().__init__(*args, **kwargs)


class ModelFilter(django_filters.ModelChoiceFilter):
    """One of the rows of another table; hand in only those that the actor may see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("All"))
        super().__init__(*args, **kwargs)


class _RangeWidget(SuffixedMultiWidget):
    """Two inputs, lowest and highest, each with a name of its own for screen readers."""

    template_name = "django_filters/widgets/multiwidget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for widget, label in zip(context["widget"]["subwidgets"], (_("from"), _("to")), strict=True):
            widget["attrs"]["aria-label"] = f"{self.attrs.get('data-label', '')} {label}".strip()
            widget["attrs"]["placeholder"] = label
        return context


class _NumberRangeWidget(_RangeWidget):
    suffixes = ["min", "max"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__((forms.NumberInput(attrs={"step": "any"}), forms.NumberInput(attrs={"step": "any"})), attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [value.start, value.stop] if value else [None, None]


class _DateRangeWidget(_NumberRangeWidget):
    suffixes = ["after", "before"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super(_NumberRangeWidget, self).__init__((DatePicker(), DatePicker()), attrs)


class NumberRangeFilter(django_filters.RangeFilter):
    """Between two numbers, both included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _NumberRangeWidget(attrs={"data-label": kwargs.get("label", "")}))
        super().__init__(*args, **kwargs)


class DateRangeFilter(django_filters.DateFromToRangeFilter):
    """Between two days, both included, in Danish municipal time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _DateRangeWidget(attrs={"data-label": kwargs.get("label", "")}))
        super().__init__(*args, **kwargs)
