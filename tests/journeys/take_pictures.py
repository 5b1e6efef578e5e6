# SPDX-License-Identifier: MPL-2.0
"""Take pictures of pages at 1280 and 360 pixels.

``PYTHONPATH=tests python -m journeys.take_pictures --out DIR [--base URL] [--only NAME]``
Without ``--base`` it serves a demo municipality of its own. Each picture shows the whole page.
"""

import argparse
import tempfile
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from journeys import site as sites
from playwright.sync_api import sync_playwright

SIZES = {"1280": sites.DESKTOP, "360": sites.PHONE}


@dataclass(frozen=True)
class Picture:
    """A page to photograph: the name of the file, who looks (a demo login, or a visitor), and its address.

    ``first``: the page behind the first link that this selector finds there, where addresses differ from one demo to
    the next.
    """

    name: str
    role: str
    address: str
    first: str = ""


PICTURES = [
    Picture("login", sites.VISITOR, "/account/login/"),
    Picture("home", "flaade", "/"),
    Picture("front", sites.VISITOR, "/"),
    Picture("home-administrator", "admin", "/"),
    Picture("home-citizen", "borger", "/"),
    Picture("fleet", "flaade", "/fleet/"),
    Picture("fleet-run", "flaade", "/fleet/runs/1/"),
    Picture("fleet-holdout", "flaade", "/fleet/trials/1/"),
    Picture("fleet-whatif", "flaade", "/fleet/trials/2/"),
    Picture("fleet-dashboards", "flaade", "/fleet/dashboards/"),
    Picture("fleet-co2e", "flaade", "/fleet/dashboards/co2e/"),
    Picture("fleet-week", "flaade", "/fleet/dashboards/activity/"),
    Picture("fleet-limits", "flaade", "/fleet/limits/"),
    Picture("fleet-preparation", "flaade", "/fleet/preparation/"),
    Picture("fleet-preparation-base", "flaade", "/fleet/preparation/", first="main tbody a"),
    Picture("fleet-sources", "flaade", "/fleet/sources/"),
    Picture("fleet-source-new", "flaade", "/fleet/sources/new/"),
    Picture("fleet-import-new", "flaade", "/fleet/imports/new/"),
    Picture("fleet-mappings", "flaade", "/fleet/imports/mappings/"),
    Picture("fleet-track-new", "flaade", "/fleet/deliveries/track/"),
    Picture("fleet-pools", "flaade", "/fleet/pools/"),
    Picture("fleet-prices", "flaade", "/fleet/prices/"),
    Picture("fleet-charging", "flaade", "/fleet/runs/?text=Opladning", first="main tbody a"),
    Picture("fleet-pool", "flaade", "/fleet/pools/", first="main tbody a"),
    Picture("fleet-pool-new", "flaade", "/fleet/pools/new/"),
    Picture("care", "disponent", "/care/"),
    Picture("care-plans", "disponent", "/care/plans/"),
    Picture("care-plan", "disponent", "/care/plans/", first="main tbody a"),
    Picture("care-season", "disponent", "/care/season/"),
    Picture("care-season-new", "disponent", "/care/season/new/"),
    Picture("care-teams", "disponent", "/care/teams/"),
    Picture("care-team", "disponent", "/care/teams/", first="main tbody a"),
    Picture("care-carers", "disponent", "/care/carers/"),
    Picture("care-carer", "disponent", "/care/carers/", first="main tbody a"),
    Picture("care-shifts", "disponent", "/care/shifts/"),
    Picture("care-citizens", "disponent", "/care/citizens/"),
    Picture("care-citizen", "disponent", "/care/citizens/", first="main tbody a"),
    Picture("care-services", "disponent", "/care/services/"),
    Picture("care-weights", "plejeleder", "/care/weights/"),
    Picture("care-weights-new", "plejeleder", "/care/weights/new/"),
    Picture("care-data", "disponent", "/care/data/"),
    Picture("care-route", "medarbejder", "/care/route/"),
    Picture("care-mine", "borger", "/care/mine/"),
    Picture("care-figures", "disponent", "/care/figures/"),
    Picture("care-messages", "disponent", "/care/messages/"),
    Picture("competences", "plejeleder", "/competences/"),
    Picture("competence-holders", "plejeleder", "/competences/holders/"),
    Picture("competences-own", "medarbejder", "/competences/own/"),
    Picture("effects", "flaade", "/effects/"),
    Picture("effect", "flaade", "/effects/", first="main tbody a"),
    Picture("jobs", "admin", "/jobs/"),
    Picture("job", "admin", "/jobs/", first="main tbody a"),
    Picture("notifications", "flaade", "/notifications/"),
    Picture("audit", "admin", "/audit/"),
    Picture("audit-line", "admin", "/audit/", first="main tbody a"),
    Picture("accounts", "admin", "/administration/accounts/"),
    Picture("account-of-another", "admin", "/administration/accounts/", first="main tbody a"),
    Picture("roles", "admin", "/administration/roles/"),
    Picture("solutions", "admin", "/administration/solutions/"),
    Picture("travel", "admin", "/administration/travel/"),
    Picture("operation", "admin", "/administration/operation/"),
    Picture("people", "admin", "/people/"),
    Picture("person", "admin", "/people/", first="main tbody a"),
    Picture("organisation", "admin", "/organisation/"),
    Picture("unit", "admin", "/organisation/", first="main tbody a"),
    Picture("account", "flaade", "/account/"),
    Picture("tokens", "flaade", "/account/tokens/"),
    Picture("design", "admin", "/design/"),
    Picture("design-list", "admin", "/design/list/"),
    Picture("design-form", "admin", "/design/form/"),
    Picture("not-found", "admin", "/design/error/404/"),
    Picture("server-error", "admin", "/design/error/500/"),
    Picture("accessibility", sites.VISITOR, "/accessibility/"),
]


def take(site: sites.Site, pictures: Iterable[Picture], out: Path, *, top: int | None = None) -> list[Path]:
    """Write the pictures to ``out`` as ``name-width.png``; returns the files.

    ``top``: only so many pixels from the top of each page.
    """
    out.mkdir(parents=True, exist_ok=True)
    files = []
    with sync_playwright() as playwright:
        browser = sites.launch(playwright)
        for width, viewport in SIZES.items():
            contexts = {}
            for picture in pictures:
                if picture.role not in contexts:
                    context = contexts[picture.role] = sites.new_context(browser, viewport)
                    page = context.new_page()
                    sites.log_in(page, site, picture.role)
                    page.close()
                page = contexts[picture.role].new_page()
                page.goto(site.url + picture.address)
                if picture.first:
                    page.goto(site.url + str(page.locator(picture.first).first.get_attribute("href")))
                sites.settle(page)
                file = out / f"{picture.name}-{width}.png"
                size = {"x": 0, "y": 0, "width": viewport["width"], "height": top} if top else None
                page.screenshot(path=file, full_page=True, clip=size)
                files.append(file)
                page.close()
            for context in contexts.values():
                context.close()
        browser.close()
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of the platform's pages.")
    parser.add_argument("--out", type=Path, required=True, help="Folder for the PNG files.")
    parser.add_argument("--base", help="Address of a demo municipality that is served already.")
    parser.add_argument("--only", action="append", help="Name of a picture; may be given several times.")
    parser.add_argument("--top", type=int, help="Only so many pixels from the top of each page.")
    options = parser.parse_args()
    chosen = [picture for picture in PICTURES if not options.only or picture.name in options.only]
    with tempfile.TemporaryDirectory(prefix="kommune3-pictures-") as folder:
        served = nullcontext(sites.Site(options.base.rstrip("/"))) if options.base else sites.serve(Path(folder))
        with served as site:
            for file in take(site, chosen, options.out, top=options.top):
                print(file)


if __name__ == "__main__":
    main()
