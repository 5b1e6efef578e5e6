# SPDX-License-Identifier: MPL-2.0
"""Fleet systems and track files: devices and legs. The public names of the package; see README.md."""

from kommune3.adapters.fleetgps.gpx import NotGpx, read_gpx
from kommune3.adapters.fleetgps.opening import open_source
from kommune3.adapters.fleetgps.sources import Access, Delivery, Device, Kind, Source
from kommune3.adapters.fleetgps.talking import SourceError

__all__ = ["Access", "Delivery", "Device", "Kind", "NotGpx", "Source", "SourceError", "open_source", "read_gpx"]
