# SPDX-License-Identifier: MPL-2.0
"""``python -m scripts.reference`` writes the pages; with ``--check`` it only says which ones are stale."""

import os
import sys
import tempfile

import django


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kommune3-reference-") as folder:
        os.environ["KOMMUNE3_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kommune3.settings")
        django.setup()
        from scripts.reference import pages  # the pages import models, which need Django to be set up

        if sys.argv[1:] == ["--check"]:
            if old := pages.stale():
                sys.exit(f"Stale: {', '.join(path.name for path in old)}. Run: make reference")
        else:
            for path in pages.write():
                print(path)


if __name__ == "__main__":
    main()
