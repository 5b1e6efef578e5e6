# SPDX-License-Identifier: MPL-2.0
"""Starts the drill's processes by forking, so that each is there in a moment instead of after seconds of importing.

Reads one order per line (JSON) on standard input and answers with one line: the pid it started, or the exit code of one
that has ended ("null" while it runs). It never opens a database connection itself.
"""

import json
import os
import resource
import sys
import traceback

import django

django.setup()

# what the processes import anyway
import celery.apps.worker  # noqa: E402
import celery.bin.worker  # noqa: E402
import celery.concurrency.solo  # noqa: E402
import celery.worker.consumer  # noqa: E402, F401
import uvicorn  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402
from django.db import connection, connections  # noqa: E402

import kommune3.adapters.celery.app  # noqa: E402
import kommune3.kernel.jobs.worker  # noqa: E402, F401
from kommune3.asgi import application  # noqa: E402
from kommune3.cli import command_line  # noqa: E402


def become(order: dict) -> None:
    """In the child: run the command on the order's database, with its output in the order's files."""
    assert connection.connection is None
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(order["out"], os.O_WRONLY | os.O_CREAT, 0o600), 1)
    os.dup2(os.open(order["err"], os.O_WRONLY | os.O_CREAT, 0o600), 2)
    os.chdir(order["folder"])
    os.setsid()
    for name, limit in order["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    connections.settings["default"]["NAME"] = order["database"]
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    code = 1
    try:
        if order["arguments"][0] == "web":
            serve(int(order["arguments"][1]))
        else:
            execute_from_command_line(["kommune3", *command_line(order["arguments"], {"celery_worker"})])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve(port: int) -> None:
    """The web server as ``kommune3 serve`` starts it, on this machine alone."""
    uvicorn.run(
        application, host="127.0.0.1", port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5
    )


for line in sys.stdin:
    order = json.loads(line)
    if "arguments" in order:
        answer = os.fork()
        if answer == 0:
            become(order)
    else:
        pid, status = os.waitpid(order["wait"], os.WNOHANG)
        answer = os.waitstatus_to_exitcode(status) if pid else None
    print(json.dumps(answer), flush=True)
