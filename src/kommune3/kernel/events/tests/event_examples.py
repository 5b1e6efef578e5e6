# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.flags import switches

heard: list[str] = []


def first(event):
    heard.append(f"first {event.payload['plan']}")
    switches.set_flag(name=f"first.{event.payload['plan']}", on=True, now=event.at)


def second(event):
    switches.set_flag(name=f"second.{event.payload['plan']}", on=True, now=event.at)
    raise ValueError("second is broken")
