# SPDX-License-Identifier: MPL-2.0
"""Every component, in every state, in a real browser."""

import pytest
from journeys import axe
from journeys.conftest import Visit, Visiting
from journeys.site import DESKTOP, NARROWEST
from playwright.sync_api import expect

PAGES = ["/design/", "/design/list/", "/design/form/", "/design/error/404/", "/accessibility/", "/account/login/"]
OWN_PAGES = [address for address in PAGES if "error" not in address]


def enter(visit: Visit, address: str) -> None:
    """Everybody may log in; only an administrator sees the design page."""
    if address != "/account/login/":
        visit.log_in("admin")
    visit.go(address, status=404 if "error" in address else 200)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROWEST], ids=["desktop", "narrowest"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(visiting: Visiting, address: str, viewport: dict[str, int]) -> None:
    visit = visiting(viewport)
    enter(visit, address)
    assert axe.violations(visit.page) == []


@pytest.mark.parametrize("address", OWN_PAGES)
def test_the_browser_has_nothing_to_complain_of(desktop: Visit, address: str) -> None:
    enter(desktop, address)
    assert desktop.complaints == []


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_wider_than_320_pixels(narrowest: Visit, address: str) -> None:
    enter(narrowest, address)
    assert narrowest.overflow() == 0


@pytest.mark.parametrize("address", ["/design/", "/design/list/", "/design/form/"])
def test_the_keyboard_reaches_everything_that_can_be_used(desktop: Visit, address: str) -> None:
    enter(desktop, address)
    page = desktop.page
    # Marked in the page, then walked with the real key. A group of radio buttons and a row of tabs are one stop each.
    wanted = page.evaluate(
        """() => {
            const seen = element => element.checkVisibility({checkVisibilityCSS: true, checkOpacity: false});
            const groups = new Set();
            const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
            const stops = [...document.querySelectorAll(usable)]
                .filter(element => seen(element) && !element.disabled && element.tabIndex >= 0)
                .filter(element => {
                    if (element.type !== 'radio') return true;
                    if (groups.has(element.name)) return false;
                    groups.add(element.name);
                    return true;
                });
            stops.forEach((element, index) => { element.dataset.stop = index; });
            return stops.length;
        }"""
    )
    reached: set[str] = set()
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    for _ in range(wanted * 3):  # dates have several stops of their own
        page.keyboard.press("Tab")
        stop = page.evaluate("() => document.activeElement?.dataset?.stop ?? null")
        if stop is not None:
            reached.add(stop)
        if len(reached) == wanted:
            break
    missed = page.evaluate(
        """reached => [...document.querySelectorAll('[data-stop]')]
            .filter(element => !reached.includes(element.dataset.stop))
            .map(element => element.outerHTML.slice(0, 120))""",
        sorted(reached),
    )
    assert missed == []


def test_a_chart_is_read_aloud_point_by_point(desktop: Visit) -> None:
    enter(desktop, "/design/")
    chart = desktop.page.locator("k3-chart").first
    chart.locator(".frame").focus()
    desktop.page.keyboard.press("ArrowRight")
    said = chart.locator("[aria-live]")
    expect(said).to_contain_text("1.510.587 kr.")
    first = said.inner_text()
    desktop.page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(first)


def test_a_timeline_is_walked_with_the_arrow_keys(desktop: Visit) -> None:
    enter(desktop, "/design/")
    timeline = desktop.page.locator("k3-timeline")
    timeline.locator(".frame").focus()
    desktop.page.keyboard.press("ArrowDown")
    expect(timeline.locator("[aria-live]")).to_contain_text("Bil 01")
    desktop.page.keyboard.press("ArrowDown")
    expect(timeline.locator("[aria-live]")).to_contain_text("Bil 02")


def test_a_picture_shows_its_figures_one_click_away(desktop: Visit) -> None:
    enter(desktop, "/design/")
    picture = desktop.page.locator(".k3-picture").first
    picture.locator("summary").click()
    expect(picture.locator("table")).to_contain_text("1.510.587")


def test_every_place_of_a_map_lies_inside_its_frame(desktop: Visit) -> None:
    """The map is drawn while the page is still being laid out, and must follow its final size."""
    enter(desktop, "/design/")
    frame = desktop.page.locator(".k3-map__frame").bounding_box()
    markers = desktop.page.locator(".k3-map__marker").all()
    assert frame and len(markers) == 6
    for marker in markers:
        box = marker.bounding_box()
        assert box and frame["x"] <= box["x"] <= frame["x"] + frame["width"] - box["width"]
        assert frame["y"] <= box["y"] <= frame["y"] + frame["height"] - box["height"]
    spread = [box["x"] for marker in markers if (box := marker.bounding_box())]
    assert max(spread) - min(spread) > frame["width"] / 2


def test_progress_follows_the_job_to_its_end(desktop: Visit) -> None:
    enter(desktop, "/design/")
    bar = desktop.page.locator("k3-progress").first
    desktop.page.wait_for_function("() => document.querySelector('k3-progress').dataset.state === 'DONE'")
    expect(bar).to_contain_text("100 %")
    expect(bar.locator(".k3-progress__next")).to_be_visible()
    expect(bar.locator(".k3-progress__cancel")).to_have_count(0)


def test_a_modal_keeps_the_focus_until_it_is_closed(desktop: Visit) -> None:
    enter(desktop, "/design/")
    page = desktop.page
    opener = page.locator('[data-target="delete-vehicle"]')
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#delete-vehicle")
    expect(dialog).to_be_visible()
    reached = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            """() => document.activeElement === document.body
                || Boolean(document.activeElement.closest('#delete-vehicle'))"""
        )
        reached.add(page.evaluate("document.activeElement.getAttribute('type')"))
    assert "submit" in reached, "what the dialog asks for can be done"
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_a_list_is_sorted_by_keyboard_and_the_address_remembers_it(desktop: Visit) -> None:
    enter(desktop, "/design/list/")
    page = desktop.page
    page.locator("#list-sort-letters").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=letters**")
    page.wait_for_selector('th[aria-sort="ascending"]:has(#list-sort-letters)')
    page.reload()
    expect(page.locator('th[aria-sort="ascending"]:has(#list-sort-letters)')).to_have_count(1)


def test_the_filter_narrows_the_list_without_a_new_page(desktop: Visit) -> None:
    enter(desktop, "/design/list/")
    page = desktop.page
    page.evaluate("window.isSamePage = true")
    page.locator("#id_text").fill("can delete")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=can%20delete**")
    page.wait_for_function("() => !document.querySelector('tbody').innerText.includes('Can add')")
    expect(page.locator("tbody")).to_contain_text("Can delete")
    assert page.evaluate("window.isSamePage") is True


def test_an_empty_form_says_what_is_wrong_and_leads_to_it(desktop: Visit) -> None:
    enter(desktop, "/design/form/")
    page = desktop.page
    page.locator(".k3-form button.button-primary").first.click()
    page.wait_for_selector(".k3-error-summary")
    page.wait_for_function("() => document.activeElement.classList.contains('k3-error-summary')")
    page.locator(".k3-error-summary a").first.click()
    expect(page.locator("#id_name")).to_be_focused()
    assert axe.violations(page) == []


def test_the_language_can_be_changed_and_changed_back(desktop: Visit) -> None:
    page = desktop.go("/accessibility/")
    assert page.locator("h1").inner_text() == "Tilgængelighedserklæring"
    page.locator(".portal-user .k3-language button").click()
    page.wait_for_selector("html[lang=en]")
    expect(page.locator("h1")).to_have_text("Accessibility statement")


def test_the_menu_opens_and_closes_on_a_phone(phone: Visit) -> None:
    enter(phone, "/design/")
    page = phone.page
    page.locator(".js-menu-open").click()
    expect(page.locator(".mobile-drawer")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_selector(".mobile-drawer", state="hidden")
