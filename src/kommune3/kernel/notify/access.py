# SPDX-License-Identifier: MPL-2.0
"""Messages are their reader's own: whoever is logged in has an inbox, and nobody has another's."""

from kommune3.kernel.access import declare

declare.pages(
    {
        "notify:list": declare.LOGGED_IN,
        "notify:open": declare.LOGGED_IN,
        "notify:mark_read": {"POST": declare.LOGGED_IN},
        "notify:mark_all_read": {"POST": declare.LOGGED_IN},
        "api-kernel:notifications": declare.LOGGED_IN,
    }
)
