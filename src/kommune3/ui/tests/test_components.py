# SPDX-License-Identifier: MPL-2.0
"""Template tags and forms: what they write into the page."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from kommune3.ui import numbers
from kommune3.ui.design import examples
from kommune3.ui.design.forms import ExampleForm
from kommune3.ui.pictures import Axis, Bound, Chart, Point, Series, Timeline, Trip, Vehicle


@pytest.fixture(autouse=True)
def danish() -> Iterable[None]:
    with translation.override("da"):
        yield


def rendered(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1510587, None, "1.510.587"), (41.2, None, "41,2"), (41.25, 1, "41,2"), (Decimal("-0.50"), 2, "-0,50"),
        (7.0, None, "7"),
    ],
)  # fmt: skip
def test_numbers_are_danish(value: Any, decimals: int | None, text: str) -> None:
    assert numbers.format_number(value, decimals) == text


def test_a_key_figure_leads_to_its_rows() -> None:
    html = rendered('{% figure "Ture" 1234 unit="km" href="/ture/" %}')
    assert '<a href="/ture/">Ture</a>' in html
    assert "1.234" in html


def test_a_key_figure_that_is_not_known_is_a_dash_and_not_a_zero() -> None:
    html = rendered('{% figure "Ture" None %}')
    assert "–" in html
    assert "0" not in html.split("k3-figure__value")[1].split("</p>")[0]


def test_a_message_of_an_error_interrupts_and_one_of_news_does_not() -> None:
    assert 'role="alert"' in rendered('{% alert "error" "Nej" %}')
    assert 'role="alert"' not in rendered('{% alert "info" "Ja" %}')


def test_text_in_a_component_is_escaped() -> None:
    assert "<b>" not in rendered('{% alert "info" text %}{% empty text %}{% figure text 1 %}', text="<b>fed</b>")


def test_tabs_show_the_first_and_hide_the_rest() -> None:
    html = rendered('{% tabs "Base" %}{% tab "Et" %}første{% endtab %}{% tab "To" %}anden{% endtab %}{% endtabs %}')
    assert html.count('aria-selected="true"') == 1
    assert 'id="base-2" aria-labelledby="base-2-button" hidden' in html


def test_two_groups_of_tabs_on_a_page_keep_apart() -> None:
    group = '{{% tabs "{0}" %}}{{% tab "x" %}}a{{% endtab %}}{{% tab "y" %}}b{{% endtab %}}{{% endtabs %}}'
    assert rendered(group.format("En") + group.format("To")).count('role="tab"') == 4


def test_a_job_that_has_ended_cannot_be_cancelled() -> None:
    assert "/stop/" in rendered('{% progress "Job" "RUNNING" percent=5 cancel="/stop/" %}')
    assert "/stop/" not in rendered('{% progress "Job" "DONE" percent=100 cancel="/stop/" %}')


def test_a_modal_that_confirms_posts_with_the_token() -> None:
    html = rendered('{% modal "m" "Slet?" action="/slet/" %}Sikker?{% endmodal %}', csrf_token="abc")
    assert 'action="/slet/"' in html
    assert 'value="abc"' in html


# --- Forms -----------------------------------------------------------------------------------------------------------


def test_every_error_stands_at_its_field_and_in_the_summary() -> None:
    html = rendered("{% form form %}", form=ExampleForm({}))
    assert 'data-module="error-summary"' in html
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert "id_name_error" in html.split('id="id_name"')[0].rsplit("<input", 1)[1] + html.split('id="id_name"')[1][:200]


def test_fields_that_may_be_left_out_say_so() -> None:
    class Form(forms.Form):
        must = forms.CharField(label="Skal")
        may = forms.CharField(label="Kan", required=False)

    html = str(Form())
    assert html.count("(frivilligt)") == 1
    assert html.index("(frivilligt)") > html.index("Kan")


def test_every_input_has_the_class_of_the_design_system() -> None:
    html = str(ExampleForm())
    for css in ("form-input", "form-select", "form-radio", "form-checkbox"):
        assert f'class="{css}' in html


def test_a_class_given_to_a_widget_is_added_and_not_lost() -> None:
    class Form(forms.Form):
        cpr = forms.CharField(widget=forms.TextInput(attrs={"class": "input-char-11"}))

    assert 'class="form-input input-char-11"' in str(Form())


def test_no_component_has_a_style_of_its_own() -> None:
    """The content security policy would refuse it."""
    html = str(ExampleForm({})) + rendered(
        '{% figure "x" 1 %}{% alert "error" "x" %}{% progress "x" "RUNNING" percent=1 %}{% empty "x" %}'
        '{% toast "info" "x" %}'
        '{% chart front "a" "x" %}{% timeline plan "b" "x" %}{% map bases "c" "x" %}',
        front=examples.front(),
        plan=examples.plan(),
        bases=examples.bases(),
    )
    assert "style=" not in html
    assert "<style" not in html
    assert "onclick" not in html


def test_whose_tiles_they_are_stands_on_the_map_and_not_on_the_schematic_one(settings: Any) -> None:
    def tag() -> str:
        return rendered('{% map bases "c" "x" %}', bases=examples.bases())

    settings.TILE_CREDIT = "© Kortejeren"
    settings.TILE_SERVER = ""
    assert "Kortejeren" not in tag()
    settings.TILE_SERVER = "https://tiles.example.dk/{z}/{x}/{y}.png"
    assert 'tiles="https://tiles.example.dk/{z}/{x}/{y}.png" credit="© Kortejeren"' in tag()


# --- Pictures ---------------------------------------------------------------------------------------------------------


def chart(**changes: Any) -> Chart:
    given: dict[str, Any] = {
        "kind": "scatter",
        "x": Axis("Pris", "kr.", 0),
        "y": Axis("Udledning", "t", 1),
        "series": [
            Series("Bedste", [Point(1000, 1.5, "4 biler", "/flaade/4/")], joined=True),
            Series("I dag", [Point(2000, 3)]),
        ],
        "bounds": [Bound("x", 900, "Grænse")],
    }  # fmt: skip
    return Chart(**{**given, **changes})


def test_the_table_behind_a_chart_has_every_point_and_bound() -> None:
    table = chart().table()
    assert [cell.text for cell in table.rows[0]] == ["Bedste", "4 biler", "1.000", "1,5"]
    assert table.rows[0][1].href == "/flaade/4/"
    assert [cell.text for cell in table.rows[2]] == ["Grænse", "", "900", ""]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_figures_of_a_chart_cannot_break_out_of_their_script() -> None:
    evil = chart(series=[Series("</script><script>alert(1)</script>", [Point(1, 1)])])
    assert "<script>alert" not in rendered('{% chart evil "a" "x" %}', evil=evil)


def test_an_axis_of_time_is_seconds_since_1970() -> None:
    at = datetime(2026, 3, 3, 6, tzinfo=UTC)
    found = chart(kind="line", series=[Series("x", [Point(at, 1)])], bounds=()).as_json()
    assert found["x"]["scale"] == "time"
    assert found["series"][0]["points"][0]["x"] == 1772517600


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        chart(series=[Series("x", [Point(datetime(2026, 3, 3), 1)])]).as_json()  # noqa: DTZ001


def test_trips_travel_as_short_arrays() -> None:
    start, end = datetime(2026, 3, 3, 6, tzinfo=UTC), datetime(2026, 3, 3, 7, tzinfo=UTC)
    trips = [Trip(0, start, end, "Tur 1"), Trip(0, start, end, "Tur 2", "conflict")]
    found = Timeline([Vehicle("Bil")], trips).as_json()
    assert found["trips"] == [[0, 1772517600, 1772521200, "Tur 1"], [0, 1772517600, 1772521200, "Tur 2", "conflict"]]
