"""Thinning: older segments of a record on a coarser time grid and without their checkpoint, for shadows that run for months."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np

from . import _engine
from .errors import InputError
from .record import check_segment

_REFERENCES = {"DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"}   # attributes of dimension scales, which h5py writes itself
_PLAIN = "This is a netCDF dimension but not a netCDF variable.{:10d}"   # name that netCDF-4 gives to an axis without a variable


def is_thinned(segment: Path) -> bool:
    """Whether a segment is thinned; True also for a damaged one, which stays as it is."""
    try:
        with h5py.File(segment, "r") as file:
            return "thinned" in file.attrs
    except OSError:
        return True


def thin(segment: Path, seconds: float) -> None:
    """Replace a segment by one with a row per `seconds` [s], completely or not at all.

    Step means become means weighted by the steps' lengths; values at the end of a step become the last of their interval; `step` is summed and
    `time_bnds` joined. The checkpoint is dropped; types are kept. InputError where the segment is damaged or the disk is full.
    """
    check_segment(segment)
    part = segment.with_suffix(".thin.part")
    try:
        with h5py.File(segment, "r") as old, h5py.File(part, "w", libver=("v110", "v110"), track_order=True) as new:
            _copy(old, new, seconds)
    except (OSError, KeyError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{segment}: cannot be thinned: {error}; accepted: a segment that coldsun wrote, and free disk space") from None
    _engine.seal(str(part))
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, segment)


def _copy(old: h5py.File, new: h5py.File, seconds: float) -> None:
    for name, value in old.attrs.items():
        _attribute(new, name, value)
    _attribute(new, "thinned", f"{seconds:g} s")
    bounds, step = old["time_bnds"][:], old["step"][:]
    group = (bounds[:, 1] - 1 - bounds[0, 0]) // round(seconds * 1000)   # whole intervals from the segment's start
    last = np.flatnonzero(np.append(np.diff(group) != 0, True))
    first = np.concatenate([[0], last[:-1] + 1])
    scales = {}
    for name, item in old.items():
        if not isinstance(item, h5py.Dataset):
            continue   # the checkpoint
        values = item[:]
        if name == "time_bnds":
            values = np.stack([bounds[first, 0], bounds[last, 1]], axis=1)
        elif name == "step":
            values = np.add.reduceat(step, first)
        elif len(item.shape) and item.shape[0] == len(step) and name not in scales and _on_time(item, old):
            if _text(item.attrs.get("cell_methods", "")) == "time: mean":
                weight = step.reshape(-1, *[1] * (values.ndim - 1))
                values = (np.add.reduceat(values * weight, first) / np.add.reduceat(weight, first)).astype(item.dtype)
            else:
                values = values[last]
        plain = values.size == 0 or values.dtype.kind not in "iuf" or name == "nv"   # HDF5 filters do not apply to text of variable length
        packing = {} if plain else dict(compression="gzip", compression_opts=4, shuffle=True, fletcher32=True, chunks=_chunks(values))
        made = new.create_dataset(name, data=values, dtype=item.dtype, track_order=True, **packing)
        for key, value in item.attrs.items():
            if key not in _REFERENCES:
                _attribute(made, key, value)
        if _text(item.attrs.get("CLASS", "")) == "DIMENSION_SCALE":
            scales[name] = made
            made.make_scale(_PLAIN.format(len(values)) if name == "nv" else name)
    for name, made in new.items():
        if name in scales:
            continue
        for axis, dimension in enumerate(old[name].dims):
            if len(dimension):
                made.dims[axis].attach_scale(scales[dimension[0].name.lstrip("/")])


def _attribute(where, name: str, value) -> None:
    """Write an attribute; text with a fixed length, as the engine reads it."""
    if isinstance(value, (str, bytes)):
        text = value.encode() if isinstance(value, str) else bytes(value)
        kind = h5py.string_dtype("utf-8", max(1, len(text)))
        where.attrs.create(name, np.array(text, dtype=kind), dtype=kind)
    else:
        where.attrs.create(name, value, dtype=np.asarray(value).dtype)


def _on_time(item: h5py.Dataset, old: h5py.File) -> bool:
    if item.name == "/time":
        return True
    return bool(len(item.dims[0])) and item.dims[0][0].name == "/time"


def _chunks(values: np.ndarray) -> tuple[int, ...]:
    """Chunk shape of at most 1 MiB: the last axes complete, the first as long as fits."""
    chunk, budget = list(values.shape), (1 << 20) // max(1, values.itemsize if values.dtype.kind in "iuf" else 16)
    for axis in reversed(range(len(chunk))):
        chunk[axis] = max(1, min(chunk[axis], budget))
        budget = max(1, budget // chunk[axis])
    return tuple(chunk)


def _text(value) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
