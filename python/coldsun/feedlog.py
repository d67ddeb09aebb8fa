"""Log of a feed: every processed frame, one file per hour, older hours compressed; a restart replays it."""

from __future__ import annotations

import gzip
import math
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

_STAMP = re.compile(r"[0-9]{1,13}")   # ms since 1970, to the year 2286


class FeedLog:
    """Log of frames in published units; past hours are compressed to ``.csv.gz``, a tenth of the size.

    `folder`: of the record; `points`: of the engine's shadow.
    """

    def __init__(self, folder: Path, points: list[dict]):
        self.folder, self.points, self.begun = folder, points, False
        self.place = {p["topic"]: k for k, p in enumerate(points)}
        self.open: Path | None = None
        self.doubts: list[str] = []   # sentences on damaged files and invalid lines, after `read`

    def path(self, end: int) -> Path:
        """File of the hour of a frame that ends at `end` [ns]."""
        return self.folder / f"feed_{pd.Timestamp(end, unit='ns'):%Y%m%dT%H}.csv"

    def write(self, end: int, frame: np.ndarray) -> None:
        """Append a frame (point; NaN: no reading). A replay of the log gives the same shadow bit for bit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = end // 1_000_000
        lines = [f"{stamp},{self.points[k]['topic']},{float(frame[k])!r}\n" for k in np.flatnonzero(np.isfinite(frame))]
        path = self.path(end)
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if self.begun else "\n") + "".join(lines) + f"{stamp},end,\n")
        self.begun = True   # the first write starts a new line, since a kill may have left a partial one
        if path != self.open:
            for over in sorted(self.folder.glob("feed_*.csv")):
                if over.name < path.name:
                    pack(over)
            self.open = path

    def read(self, after: int) -> dict[int, np.ndarray]:
        """Complete frames that end after `after` [ns]: end -> readings (point); invalid lines are left out and counted in `doubts`."""
        frames: dict[int, np.ndarray] = {}
        whole: dict[int, np.ndarray] = {}
        for path in sorted([*self.folder.glob("feed_*.csv"), *self.folder.glob("feed_*.csv.gz")]):
            if path.name[:16] < self.path(after).name[:16]:   # feed_20260614T12
                continue
            odd = 0
            for line in _lines(path):
                if line == "":
                    continue
                if line is None:
                    self.doubts.append(f"{path.name} is damaged; its readings after the damage are lost")
                    break
                stamp, _, rest = line.partition(",")
                topic, _, text = rest.rpartition(",")
                if not _STAMP.fullmatch(stamp) or (topic != "end" and topic not in self.place):
                    odd += 1
                    continue
                end = int(stamp) * 1_000_000
                if end <= after:
                    continue
                frame = frames.setdefault(end, np.full(len(self.points), np.nan))
                if topic == "end":
                    whole[end] = frame
                    continue
                value = _number(text)
                odd += value is None
                if value is not None:
                    frame[self.place[topic]] = value
            if odd:
                self.doubts.append(f"{path.name}: {odd} line(s) without a reading of a point of this site were left out")
        return whole


def pack(path: Path) -> None:
    """Compress a file and append it to the compressed file of its hour; a kill on the way leaves the file as it is."""
    part, packed_at = path.with_name(path.name + ".gz.part"), path.with_name(path.name + ".gz")
    before, new = b"", path.read_bytes()
    if packed_at.exists():
        before = packed_at.read_bytes()
        try:
            if gzip.decompress(before).endswith(new):   # compressed already; a kill came before the file was removed
                path.unlink()
                return
        except (OSError, EOFError, gzip.zlib.error):
            os.replace(packed_at, packed_at.with_name(packed_at.name + ".damaged"))
            before = b""
    with part.open("wb") as target:
        target.write(before)   # a gzip file may have several members
        with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
            packed.write(new)
        target.flush()
        os.fsync(target.fileno())
    os.replace(part, packed_at)
    path.unlink()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _lines(path: Path):
    """Lines of a file; None after the readable part of a damaged compressed file."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
                for line in file:
                    yield line.rstrip("\r\n")
        else:
            yield from path.read_text(encoding="utf-8", errors="replace").split("\n")
    except (OSError, EOFError, gzip.zlib.error):
        yield None
