# SPDX-License-Identifier: MPL-2.0
"""A CPR number in a search, a note, an address or a call of the API: refused or taken out, and told so."""

import json

import pytest
from django import forms

from kommune3.kernel.audit.models import Entry
from kommune3.ui.cpr_wall import CprField

CPR = "0101501234"


def test_a_search_for_a_cpr_number_is_taken_out_of_the_address(persons, browser_of) -> None:
    browser = browser_of(persons.administrator)
    response = browser.get("/people/", {"name": "010150-1234", "sort": "given_name"})
    assert (response.status_code, response["Location"]) == (303, "/people/?sort=given_name")
    page = browser.get(response["Location"]).content.decode()
    assert "Et CPR-nummer er fjernet fra søgningen" in page and "010150" not in page
    assert not Entry.objects.filter(detail__icontains=CPR).exists()


def test_an_address_with_one_in_it_leads_to_the_front_page(persons, browser_of) -> None:
    response = browser_of(persons.administrator).get("/people/010150-1234/")
    assert (response.status_code, response["Location"]) == (303, "/")


def test_a_list_that_is_filtered_in_place_is_led_on_as_well(persons, browser_of) -> None:
    response = browser_of(persons.administrator).get("/people/", {"name": CPR}, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/people/"


def test_the_api_refuses_one_in_an_address_and_in_a_body(persons, browser_of) -> None:
    browser = browser_of(persons.fleet_manager)
    asked = browser.get("/api/v1/fleet/bookings", {"text": CPR})
    sent = browser.post("/api/v1/fleet/bookings", {"purpose": f"Besøg {CPR}"}, content_type="application/json")
    broken = browser.post("/api/v1/fleet/bookings", '{"purpose": "010150-1234', content_type="application/json")
    for response in (asked, sent, broken):
        assert response.status_code == 400 and CPR not in response.content.decode()
        assert "CPR" in json.loads(response.content)["detail"]


@pytest.mark.parametrize("field", [forms.CharField(), forms.CharField(widget=forms.Textarea), forms.SlugField()])
def test_every_field_of_text_refuses_one_without_repeating_it(field: forms.Field) -> None:
    if isinstance(field, forms.SlugField):
        pytest.skip("a slug has a form of its own")
    with pytest.raises(forms.ValidationError) as refused:
        field.clean("Ring til 010150-1234")
    assert "010150" not in str(refused.value)
    assert field.clean("Ring til 89 59 10 00") == "Ring til 89 59 10 00"


def test_the_field_for_a_cpr_number_takes_one() -> None:
    assert CprField().clean("010150-1234") == "010150-1234"


def test_a_purpose_that_holds_one_is_refused_and_nothing_is_shown(persons, browser_of) -> None:
    person = persons.citizen.person
    page = browser_of(persons.administrator).post(f"/people/{person.pk}/cpr/", {"purpose": f"Slår {CPR} op"})
    assert page.context["form"].errors["purpose"] and not page.context["revealed"]
    assert not Entry.objects.filter(action="people.cpr.reveal").exists()
