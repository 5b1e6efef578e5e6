# SPDX-License-Identifier: MPL-2.0
"""The house's own semgrep rules find what they are there to find, and leave alone what is allowed.

``make check`` holds the whole source against them; here, code is planted.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parent / "semgrep" / "house.yaml"
VIEWS, QUERIES, LOG = "solutions/fleet/views.py", "solutions/fleet/queries.py", "kernel/audit/log.py"
FOUND = [
    ("queries-in-views", VIEWS, "rows = Trip.objects.all()"),
    ("queries-in-views", "solutions/fleet/views/trips.py", "rows = Trip._default_manager.all()"),
    ("queries-in-views", "solutions/fleet/rest.py", "def trips(request):\n    return Trip.objects.all()"),
    ("queries-in-views", VIEWS, "from django.shortcuts import get_object_or_404\nget_object_or_404(Trip, pk=1)"),
    ("raw-clock", QUERIES, "from datetime import datetime\nat = datetime.now()"),
    ("raw-clock", QUERIES, "import datetime\nat = datetime.datetime.now(datetime.UTC)"),
    ("raw-clock", LOG, "from django.utils import timezone\nat = timezone.now()"),
    ("raw-clock", LOG, "from datetime import date as day\ntoday = day.today()"),
    ("raw-clock", LOG, "import time\nat = time.time()"),
    ("outgoing-http", "adapters/dar.py", "import httpx"),
    ("outgoing-http", "adapters/dar.py", "from urllib import request"),
    ("outgoing-http", "adapters/dar.py", "import urllib.request as web"),
    ("outgoing-http", "adapters/dar.py", "from requests import get"),
    ("outgoing-http", "adapters/dar.py", "import socket\nline = socket.create_connection(('example.dk', 80))"),
    ("unescaped-html", VIEWS, "from django.utils.safestring import mark_safe\nhtml = mark_safe(name)"),
    ("unescaped-html", VIEWS, "from django.utils.html import format_html\nhtml = format_html(f'<b>{name}</b>')"),
    ("unescaped-template", "solutions/fleet/templates/fleet/trip.html", "{{ trip.note|safe }}"),
    ("unescaped-template", "solutions/fleet/templates/fleet/trip.html", "{% autoescape off %}"),
    ("sql-by-hand", QUERIES, "cursor.execute(f'SELECT * FROM trip WHERE id = {number}')"),
    ("sql-by-hand", QUERIES, "cursor.execute('SELECT * FROM trip WHERE id = %s' % number)"),
    ("sql-by-hand", QUERIES, "rows = Trip.objects.raw(f'SELECT * FROM trip WHERE id = {number}')"),
    ("sql-by-hand", QUERIES, "rows = trips.extra(where=[text])"),
    ("csrf-exempt", VIEWS, "from django.views.decorators.csrf import csrf_exempt"),
    ("code-from-data", QUERIES, "import pickle\nplan = pickle.loads(content)"),
    ("code-from-data", QUERIES, "plan = eval(text)"),
    ("code-from-data", QUERIES, "import yaml\nplan = yaml.load(text)"),
    ("shell", LOG, "import subprocess\nsubprocess.run(line, shell=True)"),
    ("shell", LOG, "import os\nos.system(line)"),
    ("open-redirect", VIEWS, "from django.shortcuts import redirect\nreturned = redirect(request.GET['next'])"),
    ("settings-beside-env", LOG, "import os\nkey = os.environ['KOMMUNE3_KEY']"),
    ("unchecked-certificate", LOG, "client = connect(verify=False)"),
]
LEFT_ALONE = [
    (QUERIES, "rows = Trip.objects.all()"),
    ("kernel/clock/__init__.py", "from datetime import datetime\nat = datetime.now()"),
    (LOG, "import time\nstarted = time.monotonic()"),
    ("kernel/http/transport.py", "import httpx"),
    ("adapters/dar.py", "from urllib.parse import quote"),
    (VIEWS, "from django.utils.html import format_html\nhtml = format_html('<b>{}</b>', name)"),
    ("solutions/fleet/templates/fleet/trip.html", "{{ trip.note }} is safe | for now"),
    (QUERIES, "cursor.execute('SELECT * FROM trip WHERE id = %s', [number])"),
    (QUERIES, "cursor.execute(f'LISTEN {CHANNEL}')  # nosemgrep: sql-by-hand  a constant"),
    (LOG, "import subprocess\nsubprocess.run(['pg_dump', name])"),
    (VIEWS, "from django.shortcuts import redirect\nreturned = redirect('fleet:overview')"),
    ("settings/env.py", "import os\nraw = os.environ.get('KOMMUNE3_KEY')"),
]


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[str]]:
    """All planted code, each in a tree of its own: number of the case -> the rules that found something."""
    folder = tmp_path_factory.mktemp("planted")
    cases = [*((name, text) for _, name, text in FOUND), *LEFT_ALONE]
    for number, (name, text) in enumerate(cases):
        path = folder / str(number) / "src" / "kommune3" / name
        path.parent.mkdir(parents=True)
        path.write_text(text + "\n", encoding="utf-8")
    command = [Path(sys.executable).parent / "semgrep", "scan", "--config", RULES, "--metrics", "off", "--json",
               "--disable-version-check", "--no-git-ignore", "--jobs", "1", "."]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert said["errors"] == []
    found: dict[int, set[str]] = {number: set() for number in range(len(cases))}
    for result in said["results"]:
        found[int(Path(result["path"]).parts[0])].add(result["check_id"].rpartition(".")[2])
    return found


@pytest.mark.parametrize("number", range(len(FOUND)), ids=lambda number: f"{FOUND[number][0]}-{number}")
def test_planted_code_is_found_by_its_rule(findings: dict[int, set[str]], number: int) -> None:
    assert FOUND[number][0] in findings[number], FOUND[number]


@pytest.mark.parametrize("number", range(len(LEFT_ALONE)))
def test_what_is_allowed_is_left_alone(findings: dict[int, set[str]], number: int) -> None:
    assert findings[len(FOUND) + number] == set(), LEFT_ALONE[number]


def test_every_rule_has_planted_code() -> None:
    rules = set(re.findall(r"^  - id: (.+)$", RULES.read_text(encoding="utf-8"), re.M))
    assert rules == {rule for rule, _, _ in FOUND}
