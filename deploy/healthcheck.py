#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Ask the platform in this container whether it is ready; ends with 1 where it is not.

The platform answers only to names in KOMMUNE3_ALLOWED_HOSTS, so it is asked by the first of them.
"""

import http.client
import os
import sys

host = os.environ.get("KOMMUNE3_ALLOWED_HOSTS", "localhost").split(",")[0].strip().removeprefix("*").removeprefix(".")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
try:
    connection.request("GET", "/health/ready", headers={"Host": host or "localhost"})
    status = connection.getresponse().status
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"not ready: {error}")
sys.exit(0 if status == 200 else f"not ready: {status}")
