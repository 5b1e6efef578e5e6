# SPDX-License-Identifier: MPL-2.0
"""The way to the compiled core: arrays in, arrays out, mirrored field by field in ``core/*.hpp``."""

import ctypes
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from traveltimes.errors import CoreMissing

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.uint64]

NO_WAY = np.uint64((2**64 - 1) // 4)
LINK = np.dtype([("weight", np.uint64), ("other", np.int32), ("filling", np.int32)])
ARRAYS: dict[str, Any] = {
    "begin": np.int32,
    "from": np.int32,
    "to": np.int32,
    "lon": np.int32,
    "lat": np.int32,
    "forward": np.uint16,
    "backward": np.uint16,
    "wait": np.uint8,
    "up_begin": np.int32,
    "up": LINK,
    "down_begin": np.int32,
    "down": LINK,
}


_WAYS = ("begin", "node", "lon", "lat", "forward", "backward", "stop_node", "stop_wait")
_SNAPPED = ("chain", "segment", "share", "off", "lon", "lat")


class RawWays(ctypes.Structure):
    _fields_ = (
        ("ways", ctypes.c_int32),
        ("stops", ctypes.c_int32),
        *((name, ctypes.c_void_p) for name in _WAYS),
    )


class RawSnapped(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in _SNAPPED)


class RawArray(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("bytes", ctypes.c_int64))


@dataclass(frozen=True)
class Ways:
    """Ways as a map has them, for one mode. ``begin`` (ways + 1) says where a way's nodes stand in the next three.

    ``lon``, ``lat``: 1e-7 degrees. ``forward``, ``backward`` per way: tenths of km/h, 0 where one may not go.
    ``stop_node`` (ascending) holds one up for ``stop_wait`` seconds, or for good (255).
    """

    begin: Ints
    node: npt.NDArray[np.int64]
    lon: Ints
    lat: Ints
    forward: npt.NDArray[np.uint16]
    backward: npt.NDArray[np.uint16]
    stop_node: npt.NDArray[np.int64]
    stop_wait: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Snapped:
    """Points on roads. ``chain``: -1 where none is near; ``off``: metres to it; ``lon``, ``lat``: degrees on it."""

    chain: Ints
    segment: Ints
    share: Floats
    off: Floats
    lon: Floats
    lat: Floats

    def raw(self) -> RawSnapped:
        return RawSnapped(*(getattr(self, name).ctypes.data for name in _SNAPPED))

    def only(self, which: npt.NDArray[np.int_]) -> "Snapped":
        return Snapped(*(getattr(self, name)[which] for name in _SNAPPED))


@cache
def library() -> ctypes.CDLL:
    """The compiled core; raises CoreMissing."""
    path = Path(__file__).with_name("libtraveltimes.so")
    if not path.exists():
        raise CoreMissing(f"{path.name} is missing beside {__file__}: install the package anew")
    core = ctypes.CDLL(str(path))
    core.traveltimes_build.restype = core.traveltimes_load.restype = ctypes.c_void_p
    core.traveltimes_line.restype = ctypes.c_int64
    core.traveltimes_free.restype = None
    return core


class Core:
    """The roads of one mode, kept in the core's memory until this object is forgotten."""

    def __init__(self, handle: int | None) -> None:
        if not handle:
            raise MemoryError("no room for the roads")
        self.handle = ctypes.c_void_p(handle)
        weakref.finalize(self, library().traveltimes_free, self.handle)

    @classmethod
    def built(cls, ways: Ways) -> "Core":
        raw = RawWays(len(ways.begin) - 1, len(ways.stop_node))
        for name in _WAYS:
            setattr(raw, name, getattr(ways, name).ctypes.data)
        return cls(library().traveltimes_build(ctypes.byref(raw)))

    @classmethod
    def loaded(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Core":
        """From what :meth:`arrays` gave. Raises KeyError where one is missing."""
        kept = [np.ascontiguousarray(arrays[name], dtype=kind) for name, kind in ARRAYS.items()]
        raw = (RawArray * len(ARRAYS))(*(RawArray(each.ctypes.data, each.nbytes) for each in kept))
        return cls(library().traveltimes_load(raw))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything to keep in a file, by name. Views of the core's memory."""
        raw = (RawArray * len(ARRAYS))()
        library().traveltimes_arrays(self.handle, raw)
        made: dict[str, npt.NDArray[Any]] = {}
        for each, (name, kind) in zip(raw, ARRAYS.items(), strict=True):
            content = ctypes.string_at(each.data, each.bytes) if each.bytes else b""
            made[name] = np.frombuffer(content, dtype=kind)
        return made

    def snap(self, lon: Floats, lat: Floats, within_m: float) -> Snapped:
        count = len(lon)
        nobody, nowhere = np.full(count, -1, dtype=np.int32), np.full(count, np.nan)
        found = Snapped(nobody, nobody.copy(), nowhere, nowhere.copy(), nowhere.copy(), nowhere.copy())
        library().traveltimes_snap(
            self.handle,
            ctypes.c_int32(count),
            ctypes.c_void_p(lon.ctypes.data),
            ctypes.c_void_p(lat.ctypes.data),
            ctypes.c_double(within_m),
            ctypes.byref(found.raw()),
        )
        return found

    def table(self, sources: Snapped, targets: Snapped) -> Weights:
        """Weights, sources x targets: milliseconds << 32 | decimetres, NO_WAY where there is none."""
        weights = np.empty((len(sources.chain), len(targets.chain)), dtype=np.uint64)
        done = library().traveltimes_table(
            self.handle,
            ctypes.c_int32(len(sources.chain)),
            ctypes.byref(sources.raw()),
            ctypes.c_int32(len(targets.chain)),
            ctypes.byref(targets.raw()),
            ctypes.c_void_p(weights.ctypes.data),
        )
        if done:
            raise MemoryError("no room for the table")
        return weights

    def line(self, ends: Snapped) -> tuple[int, list[tuple[float, float]]]:
        """The weight of the way from the first to the second point, and its (latitude, longitude) on roads between."""
        weight, room = ctypes.c_uint64(), 1024
        while True:
            lon, lat = np.empty(room), np.empty(room)
            count = library().traveltimes_line(
                self.handle,
                ctypes.byref(ends.raw()),
                ctypes.c_int64(room),
                ctypes.c_void_p(lon.ctypes.data),
                ctypes.c_void_p(lat.ctypes.data),
                ctypes.byref(weight),
            )
            if count < 0:
                raise MemoryError("no room for the way")
            if count <= room:
                return weight.value, list(zip(lat[:count].tolist(), lon[:count].tolist(), strict=True))
            room = count
