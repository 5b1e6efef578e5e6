# SPDX-License-Identifier: MPL-2.0
"""What a refusal of the kernel says: at the field it is about, or in a message."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from kommune3.kernel.access.errors import AccessError, InvalidValues


def show_refusal(form: BaseForm, error: AccessError) -> None:
    """Put the refusal into the form: at its fields where it names some, above the form otherwise."""
    if isinstance(error, InvalidValues):
        for field, message in error.problems.items():
            form.add_error(field if field in form.fields else None, str(message))
    else:
        form.add_error(None, str(error.message))


def change_and_tell(request: HttpRequest, change: Callable[[], object], said: str) -> None:
    """Make a change, and tell the reader on the next page that it was made (``said``), or why it was refused."""
    try:
        change()
    except AccessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
