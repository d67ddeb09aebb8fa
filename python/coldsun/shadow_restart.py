"""Restart of a shadow: from its last undamaged checkpoint and the state kept beside it, then from the log of the feed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from .alarms import Alarms
from .errors import InputError
from .record import Damaged, check_segment, closed_segments, number_of, open_segment
from .record_thin import is_thinned, thin
from .resume import set_aside

START = "shadow_start.json"   # settings and start, before the first segment is closed


def _write(path: Path, kept: dict) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(kept, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _read(path: Path) -> dict:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Damaged(f"{path}: no such file; accepted: the file of a shadow beside its segment") from None
    except (OSError, ValueError, RecursionError):
        raise Damaged(f"{path}: damaged (no JSON); accepted: the file of a shadow beside its segment") from None
    if not isinstance(kept, dict):
        raise Damaged(f"{path}: damaged (no JSON object); accepted: the file of a shadow beside its segment")
    return kept


def keep(shadow, segment: int, judged: dict | None = None) -> None:
    """Write the state of the tests, or `judged` of `judged_of`, beside a segment, before the segment is closed."""
    _write(shadow.folder / f"shadow_{segment:04d}.json", judged or judged_of(shadow))


def judged_of(shadow) -> dict:
    """State of tests, clocks, counts and alarms as JSON values, copied."""
    return dict(counts=shadow.counts.__getstate__(), quality=shadow.quality.keep(), skill=shadow.skill.keep(), held=shadow.held.tolist(),
                held_at=shadow.held_at.tolist(), scale=list(shadow.buffer.scale), shift=list(shadow.buffer.shift), offset=shadow.buffer.offset,
                clocks=list(shadow.buffer.clocks.off), alarms=shadow.alarms.keep(), judge=shadow.judge.keep(),
                time_ns=shadow._now())


def keep_start(shadow) -> None:
    """Write settings, start, units and clocks before the first step, for a restart without a segment."""
    shadow.folder.mkdir(parents=True, exist_ok=True)
    _write(shadow.folder / START, dict(shadow=shadow.network.name, settings=shadow.settings, start_ns=shadow.twin.start.value,
                                       scale=list(shadow.buffer.scale), shift=list(shadow.buffer.shift), offset=shadow.buffer.offset,
                                       clocks=list(shadow.buffer.clocks.off)))


def _same_shape(kept, model, where: str) -> None:
    """Raise Damaged unless `kept` has the names, lengths and kinds of values of `model`."""
    if isinstance(model, dict):
        if not isinstance(kept, dict) or set(kept) != set(model):
            raise Damaged(f"{where}: unexpected entries")
        for name, part in model.items():
            _same_shape(kept[name], part, f"{where}: {name}")
    elif isinstance(model, list):
        if not isinstance(kept, list) or len(kept) != len(model):
            raise Damaged(f"{where}: {len(model)} values are expected")
        for value, part in zip(kept, model):
            _same_shape(value, part, where)
    elif kept is None and (model is None or isinstance(model, float)):
        pass   # NaN
    elif isinstance(model, bool):
        if not isinstance(kept, bool):
            raise Damaged(f"{where}: {kept!r} is not true or false")
    elif isinstance(kept, bool) or not isinstance(kept, (int, float)):
        raise Damaged(f"{where}: {kept!r} is not a number")


def _take_up(shadow, kept: dict, path: Path) -> None:
    model, where = judged_of(shadow), f"{path}: damaged"
    try:
        loose = ("counts", "alarms")   # of any length
        _same_shape({k: v for k, v in kept.items() if k not in loose}, {k: v for k, v in model.items() if k not in loose}, where)
        alarms = Alarms.taken_up(kept["alarms"])
        if not all(isinstance(key, str) for key in alarms.standing):
            raise Damaged(f"{where}: alarms are not text")
        shadow.counts.__setstate__(kept["counts"])
        if not all(0 <= k < len(shadow.points) for of in shadow.counts.by_point.values() for k in of):
            raise Damaged(f"{where}: counts of an unknown point")
        shadow.quality.take_up(kept["quality"])
        shadow.skill.take_up(kept["skill"])
        shadow.held, shadow.held_at = np.array(kept["held"], float), np.array(kept["held_at"], np.int64)
        shadow.buffer.scale, shadow.buffer.shift = kept["scale"], kept["shift"]
        shadow.buffer.clocks.take_up([int(x) for x in kept["clocks"]], int(kept["offset"]))
        shadow.judge.take_up(kept["judge"])
        shadow.alarms = alarms
    except Damaged:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Damaged(f"{where}; accepted: the file of a shadow beside its segment") from None


def settings_of(shadow, segment: Path) -> dict:
    """Start of the run that wrote a segment; InputError where its settings differ from this shadow's."""
    check_segment(segment)
    with open_segment(segment) as kept:
        try:
            theirs = json.loads(kept.attrs.get("settings", "{}"))
            same = kept.attrs.get("shadow") == shadow.network.name and all(theirs.get(k) == v for k, v in shadow.settings.items())
            start = int(theirs["start_ns"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Damaged(f"{segment}: damaged (no settings); accepted: a segment of a shadow") from None
    if not same:
        raise InputError(f"{segment}: is of another run; accepted: a new folder, or the same site, members, seed, hours and dt")
    return {"start": pd.Timestamp(start, unit="ns", tz="UTC").isoformat()}


def known_start(shadow) -> str | None:
    """Start of the shadow in the folder, from an undamaged segment or from START; None: a new folder. InputError for another run."""
    for segment in reversed(closed_segments(shadow.folder)):
        try:
            return settings_of(shadow, segment)["start"]
        except Damaged:
            continue
    path = shadow.folder / START
    if not path.exists():
        return None
    try:
        kept = _read(path)
        theirs, start = kept["settings"], pd.Timestamp(int(kept["start_ns"]), unit="ns", tz="UTC").isoformat()
        scale, shift, offset = ([float(x) for x in kept["scale"]], [float(x) for x in kept["shift"]], int(kept["offset"]))
        clocks = [int(x) for x in kept["clocks"]]
        if not len(scale) == len(shift) == len(clocks) == len(shadow.points):
            raise KeyError("scale")
    except (Damaged, KeyError, TypeError, ValueError, OverflowError):
        shadow.tell(f"{path.name} is damaged; the shadow starts anew")
        return None
    if kept.get("shadow") != shadow.network.name or theirs != shadow.settings:
        raise InputError(f"{path}: is of another run; accepted: a new folder, or the same site, members, seed, hours and dt")
    shadow.buffer.scale, shadow.buffer.shift = scale, shift
    shadow.buffer.clocks.take_up(clocks, offset)
    return start


def take_up_last(shadow) -> int:
    """Load the last undamaged checkpoint with the state beside it, set damaged ones after it aside; return the number of the next segment."""
    aside = []
    for segment in reversed(closed_segments(shadow.folder)):
        beside = shadow.folder / f"shadow_{number_of(segment):04d}.json"
        try:
            settings_of(shadow, segment)
            kept = _read(beside)
            try:
                shadow.twin.load(segment)
            except InputError as error:
                raise Damaged(str(error)) from None
            if kept.get("time_ns") != shadow._now():
                raise Damaged(f"{beside}: has another time than its segment")
            _take_up(shadow, kept, beside)
        except Damaged as error:
            aside.append((segment, beside, error))
            continue
        _put_aside(shadow, aside)
        return number_of(segment) + 1
    if aside:
        shadow.make(shadow.twin.start.isoformat())   # a damaged checkpoint may have been loaded in part
    _put_aside(shadow, aside)
    return 0


def _put_aside(shadow, files) -> None:
    for segment, beside, error in files:
        set_aside(segment, error)
        if beside.exists():
            os.replace(beside, beside.with_name(beside.name + ".damaged"))
        shadow.tell(f"{segment.name} or {beside.name} is damaged; the shadow resumes from the segment before")


def thin_old(shadow, segment: int) -> None:
    """Thin old segments, also of earlier runs, before `segment` is closed."""
    for number in range(shadow._n_thinned, segment - shadow.n_full + 1) if shadow.thin > 0.0 else ():
        path = shadow.folder / f"segment_{number:04d}.nc"
        shadow._n_thinned = number + 1
        try:
            if path.exists() and not is_thinned(path):
                thin(path, shadow.thin)
        except (InputError, OSError) as error:   # a full disk must not end the shadow
            shadow.tell(f"{path.name} was not thinned: {error}")
