"""The log of a shadow's feed: what was taken, frame by frame, as a replay reads it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd


class FeedLog:
    """What was taken, one file an hour, in the published units: a restart goes on from it."""

    def __init__(self, folder: Path, points: list[dict]):
        self.folder, self.points, self.begun = folder, points, False
        self.place = {p["topic"]: k for k, p in enumerate(points)}

    def path(self, end: int) -> Path:
        return self.folder / f"feed_{pd.Timestamp(end, unit='ns'):%Y%m%dT%H}.csv"

    def write(self, end: int, frame: np.ndarray) -> None:
        """Frames as they were taken, one file an hour: a replay of them is the shadow again, to the bit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = end // 1_000_000
        lines = [f"{stamp},{self.points[k]['topic']},{float(frame[k])!r}\n" for k in np.flatnonzero(np.isfinite(frame))]
        with self.path(end).open("a", encoding="utf-8") as file:
            file.write(("" if self.begun else "\n") + "".join(lines) + f"{stamp},end,\n")
        self.begun = True   # the first line begins anew: a kill may have left a torn one

    def read(self, after: int) -> dict[int, np.ndarray]:
        """Whole frames of the log that end after `after`; lines that are none are left out, and a frame with one is a frame without that point."""
        frames, whole = {}, {}
        for path in sorted(self.folder.glob("feed_*.csv")):
            if path.stem < self.path(after).stem:
                continue
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                stamp, _, rest = line.partition(",")
                topic, _, text = rest.rpartition(",")
                if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 13) or int(stamp) * 1_000_000 <= after:
                    continue
                end = int(stamp) * 1_000_000
                if topic == "end":
                    whole[end] = frames.get(end, np.full(len(self.points), np.nan))
                elif topic in self.place:
                    try:
                        value = float(text)
                    except ValueError:
                        continue
                    if math.isfinite(value):
                        frames.setdefault(end, np.full(len(self.points), np.nan))[self.place[topic]] = value
        return whole
