"""Resuming a record: from its last undamaged segment; damaged ones after it are set aside."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pandas as pd

from .errors import InputError, RecordWarning
from .record import closed_segments, number_of, open_segment, scan, sound_segments


def set_aside(segment: Path, why: object) -> None:
    """Rename a damaged file to its name with ``.damaged``, with a RecordWarning."""
    aside = segment.with_name(segment.name + ".damaged")
    os.replace(segment, aside)
    warnings.warn(f"{why}; it was renamed to {aside.name} and is computed again", RecordWarning, stacklevel=4)


def resume_from(twin, folder: Path, plan: str | None) -> int:
    """Load the checkpoint of the last undamaged segment; return the number of the next segment, 0 where there is none.

    Damaged segments after it are renamed, with a RecordWarning. InputError where the record is of another run, plan or inputs.
    """
    found = closed_segments(folder)
    if not found:
        return 0
    sound, damaged = sound_segments(found)
    if not sound:
        for segment, error in zip(found, damaged):
            set_aside(segment, error)
        return 0
    scan(sound)
    last = sound[-1]
    with open_segment(last) as kept:
        theirs, planned, ends = str(kept.attrs.get("inputs_hash")), kept.attrs.get("plan"), pd.Timestamp(kept["time"].values[-1], tz="UTC")
    if planned != plan:
        raise InputError(f"{last}: was written with plan = {planned}; accepted: the same settings of the planner, not {plan}")
    if theirs != twin.inputs_hash():
        raise InputError(f"{last}: was written with other inputs ({theirs}); accepted: the same site, start, hours, dt, seed, members, paths, weather")
    twin.load(last)
    if twin.time != ends:
        raise InputError(f"{last}: its checkpoint has the time {twin.time:%Y-%m-%d %H:%M:%S}, its last step {ends:%Y-%m-%d %H:%M:%S}; "
                         "accepted: a segment that coldsun wrote")
    for segment, error in zip(found[len(sound):], damaged):
        set_aside(segment, error)
    return number_of(last) + 1
