# SPDX-License-Identifier: MPL-2.0
import gettext
import os

import pytest

from kommune3.kernel.solutions import messages

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
title = gettext_lazy("A " "trip")
text = _("Vehicle %(name)s") % {"name": 1}
count = ngettext("%(n)d trip", "%(n)d trips", 2)
word = pgettext("a tool", "Drive")
not_a_text = print("nothing")
"""
TEMPLATE = """{% load i18n %}<h1>{% translate "Fleet" %}</h1>
{% blocktranslate with name=n %}Base {{ name }}{% endblocktranslate %}
{% blocktranslate count n=n %}one{% plural %}many{% endblocktranslate %}{% button _("Save") %}"""


@pytest.fixture
def app(tmp_path):
    (tmp_path / "templates" / "app").mkdir(parents=True)
    (tmp_path / "views.py").write_text(PYTHON)
    (tmp_path / "templates" / "app" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_every_wrapped_text_of_python_and_templates_is_found(app):
    assert set(messages.texts_of(app)) == {
        ("A trip", None),
        ("Vehicle %(name)s", None),
        (("%(n)d trip", "%(n)d trips"), None),
        ("Drive", "a tool"),
        ("Fleet", None),
        ("Base %(name)s", None),
        (("one", "many"), None),
        ("Save", None),
    }


def test_new_texts_wait_for_a_translation_and_unused_ones_leave(app):
    assert messages.update(app) == 8
    po = messages.po_file(app)
    po.write_text(po.read_text().replace('msgid "Fleet"\nmsgstr ""', 'msgid "Fleet"\nmsgstr "Flåde"'))
    (app / "views.py").write_text("")
    assert messages.update(app) == 3
    assert "Flåde" in po.read_text()
    assert "A trip" not in po.read_text()


def test_a_doubtful_translation_counts_as_none(app):
    messages.update(app)
    po = messages.po_file(app)
    po.write_text(po.read_text().replace('msgid "Fleet"\nmsgstr ""', '#, fuzzy\nmsgid "Fleet"\nmsgstr "Flåde"'))
    assert "Fleet" in [text for text, _ in messages.untranslated(app)]


def test_compiled_texts_are_what_django_reads(app, monkeypatch):
    messages.update(app)
    po = messages.po_file(app)
    po.write_text(po.read_text().replace('msgid "Fleet"\nmsgstr ""', 'msgid "Fleet"\nmsgstr "Flåde"'))
    monkeypatch.setattr(messages, "app_folders", lambda: [app])
    assert messages.compile_all() == [po.with_suffix(".mo")]
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Fleet") == "Flåde"
    assert messages.compile_all() == []
    newer = po.stat().st_mtime + 5
    os.utime(po, (newer, newer))
    assert len(messages.compile_all()) == 1


def test_a_broken_file_is_named(app, monkeypatch):
    messages.update(app)
    messages.po_file(app).write_text('msgid "Fleet"\nnot a line of such a file\n')
    monkeypatch.setattr(messages, "app_folders", lambda: [app])
    with pytest.raises(messages.UnreadableMessages, match="django.po"):
        messages.compile_all()
