# SPDX-License-Identifier: MPL-2.0
"""Where things lie."""

from pathlib import Path

from kommune3.settings import env

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PROJECT_DIR = PACKAGE_DIR.parent.parent

DATA_DIR = env.folder("KOMMUNE3_DATA_DIR", Path("var"), "Folder for the database, stored files and secrets.")
DATA_DIR.mkdir(parents=True, exist_ok=True)
WEB_DIST_DIR = env.folder("KOMMUNE3_WEB_DIST_DIR", PROJECT_DIR / "web" / "dist", "Folder with the built front end.")
