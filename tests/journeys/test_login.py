# SPDX-License-Identifier: MPL-2.0
"""From a new login to a passkey, in a real browser; and the pages about people and rights, as they stand there."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from journeys import axe, site
from journeys.conftest import Visit

CHOSEN = "et langt og godt kodeord"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def open_a_login(visit: Visit, username: str) -> str:
    """As the administrator, open a login for somebody of Bostøtten; return its first password."""
    page = visit.go("/organisation/")
    page.get_by_role("link", name="Bostøtten").click()
    page.locator("main table a").last.click()
    page.get_by_role("link", name="Login og rettigheder").click()
    page.get_by_label("Brugernavn").fill(username)
    press(page, "Åbn loginet")
    return page.locator("main code").inner_text()


@pytest.fixture
def administrator(desktop: Visit) -> Visit:
    desktop.log_in("admin")
    return desktop


def test_a_new_employee_goes_from_a_first_password_to_a_passkey(administrator: Visit, visiting):
    username = f"ny-{int(time.time())}"
    password = open_a_login(administrator, username)
    employee = visiting(site.DESKTOP)
    page, home = employee.page, administrator.site.url.replace("127.0.0.1", "localhost")

    # The first password leads to nothing but choosing another one.
    page.goto(f"{home}/account/login/?next=/account/2fa/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(password)
    press(page, "Log ind")
    page.wait_for_url("**/account/password/")
    for field, value in (("oldpassword", password), ("password1", CHOSEN), ("password2", CHOSEN)):
        page.locator(f"#id_{field}").fill(value)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/account/")

    # An authenticator app, after the password once more.
    page.goto(f"{home}/account/2fa/totp/activate/")
    page.locator("#id_password").fill(CHOSEN)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/2fa/totp/activate/")
    assert axe.violations(page) == []
    while "/totp/activate/" in page.url:  # a code that was right when it was read may be too old when it arrives
        page.locator("#id_code").fill(code_now(page.locator("#authenticator_secret").input_value()))
        with page.expect_navigation():
            page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/2fa/recovery-codes/")
    assert len(page.locator("#recovery_codes").input_value().split()) == 10

    # A passkey, in the browser's own (virtual) authenticator.
    devtools = employee.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{home}/account/2fa/keys/add/")
    assert axe.violations(page) == []
    page.locator("#id_name").fill("Min computer")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/account/2fa/")

    # Out, and in again without a password.
    page.locator("form[action='/account/logout/'] button").first.dispatch_event("click")
    page.wait_for_url(f"{home}/")
    page.goto(f"{home}/account/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{home}/")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Hej, ")

    # That login counts as two steps, and stands in the list; the passkey is taken away again.
    page.goto(f"{home}/account/sessions/")
    here = page.locator("main tbody tr", has_text="Her og nu")
    assert "Adgangsnøgle" in here.inner_text() and "To trin" in here.inner_text()
    page.goto(f"{home}/account/2fa/keys/")
    assert axe.violations(page) == []
    with page.expect_navigation():
        page.locator("main a[href$='/remove/']").click()
    if "/reauthenticate/" in page.url:
        page.locator("#id_password").fill(CHOSEN)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/remove/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{home}/account/2fa/keys/")
    assert page.locator("main a[href$='/remove/']").count() == 0
    assert employee.complaints == []


@pytest.mark.parametrize("size", ["desktop", "narrowest"])
def test_a_visitor_of_the_demo_is_in_with_two_clicks(request, size):
    visit: Visit = request.getfixturevalue(size)
    page = visit.go("/account/login/")
    page.locator("form:has(input[value='leder']) button").click()
    page.wait_for_url("**/account/2fa/authenticate/")
    assert axe.violations(page) == []
    assert visit.overflow() <= 0
    while "/account/2fa/" in page.url:  # a code that has been used by another login gives way to the next
        with page.expect_navigation():
            page.locator(".k3-demo .button").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Hej, ")
    assert visit.complaints == []


def test_the_passkey_button_works_from_the_keyboard_and_the_page_fits_a_phone(narrowest: Visit):
    page = narrowest.go("/account/login/")
    assert narrowest.overflow() <= 0
    assert axe.violations(page) == []
    page.locator("#id_password").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "passkey_login"
    assert narrowest.complaints == []


ADDRESSES = [
    "/",
    "/account/",
    "/account/tokens/",
    "/account/sessions/",
    "/account/2fa/",
    "/people/",
    "/people/?name=a",
    "/organisation/",
    "/administration/accounts/",
    "/administration/roles/",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("size", ["desktop", "narrowest"])
def test_the_pages_about_people_and_rights_stand_as_they_should(request, size, address):
    visit: Visit = request.getfixturevalue(size)
    visit.log_in("admin")
    page = visit.go(address)
    assert axe.violations(page) == []
    assert visit.overflow() <= 0
    assert visit.complaints == []


def test_the_pages_of_one_person_one_unit_and_one_login_stand_as_they_should(administrator: Visit):
    for start in ("/people/", "/organisation/", "/administration/accounts/"):
        page = administrator.go(start)
        page.locator("main table tbody a").nth(3).click()
        site.settle(page)
        assert axe.violations(page) == [], page.url
    assert administrator.complaints == []
