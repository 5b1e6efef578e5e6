# SPDX-License-Identifier: MPL-2.0
"""What a browser keeps after somebody has typed a CPR number where none belongs: nothing of it."""

from journeys.conftest import Visit

CPR = "010150-1234"
KEPT = """async () => {
  const kept = [document.cookie, location.href, document.referrer, JSON.stringify(history.state)];
  for (const store of [localStorage, sessionStorage]) {
    for (let i = 0; i < store.length; i++) kept.push(store.key(i), store.getItem(store.key(i)));
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.push(request.url);
  }
  for (const {name} of await indexedDB.databases()) kept.push(name);
  return kept.join("\\n");
}"""


def test_a_browser_keeps_nothing_of_a_cpr_number_typed_into_a_search(desktop: Visit) -> None:
    desktop.log_in("admin")
    page = desktop.go("/people/")
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.locator("#id_name").fill(CPR)
    page.locator("#list-filter-apply").click()
    page.get_by_text("Et CPR-nummer er fjernet fra søgningen").wait_for()
    assert not any("1234" in address for address in [*addresses, page.url])
    kept = page.evaluate(KEPT) + str(desktop.context.storage_state())
    assert "010150" not in kept and "0101501234" not in kept
    page.reload()
    assert "010150" not in page.content()
