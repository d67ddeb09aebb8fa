"""Alarms: a sentence with point, likely cause and time; raised once per occurrence, and again when the fault recurs."""

from __future__ import annotations

import pandas as pd


class Alarm(str):
    """An alarm: its sentence, with `time_ns` [ns since 1970 UTC], `points` (names), `kind` and `cause`.

    >>> Alarm("x t_supply is stuck", 1_781_445_600_000_000_000, ["x t_supply"], "stuck").line
    '2026-06-14 14:00:00 x t_supply is stuck'
    """

    time_ns: int
    points: tuple[str, ...]
    kind: str
    cause: str

    def __new__(cls, text: str, time_ns: int = 0, points=(), kind: str = "", cause: str = ""):
        self = super().__new__(cls, text)
        self.time_ns, self.points, self.kind, self.cause = int(time_ns), tuple(points), kind, cause
        return self

    def __getnewargs__(self):
        return str(self), self.time_ns, self.points, self.kind, self.cause

    @property
    def time(self) -> pd.Timestamp:
        """Time at which it was raised, in time of the source (UTC)."""
        return pd.Timestamp(self.time_ns, unit="ns", tz="UTC")

    @property
    def line(self) -> str:
        """Time and sentence in one line."""
        return f"{self.time:%Y-%m-%d %H:%M:%S} {self}" if self.time_ns else str(self)

    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return dict(text=str(self), time_ns=self.time_ns, points=list(self.points), kind=self.kind, cause=self.cause)

    @classmethod
    def take_up(cls, kept) -> "Alarm":
        """The alarm of the values of `keep`."""
        return cls(kept) if isinstance(kept, str) else cls(**kept)


class Alarms(list):
    """Alarms of a run in order. An alarm with a key is active until it is cleared, and is not raised again meanwhile."""

    def __init__(self, kept=()):
        super().__init__(Alarm.take_up(a) for a in kept)
        self.standing: set[str] = set()

    def tell(self, text: str, time_ns: int, *, key: str | None = None, points=(), kind: str = "", cause: str = "") -> bool:
        """Raise an alarm, unless its key is active; return whether it was raised."""
        if key is not None and key in self.standing:
            return False
        if key is not None:
            self.standing.add(key)
        self.append(Alarm(text, time_ns, points, kind, cause))
        return True

    def only(self, prefix: str, keys) -> None:
        """Clear the active keys with this prefix except `keys`."""
        self.standing = {k for k in self.standing if not k.startswith(prefix)} | {k for k in keys if k in self.standing}

    def stuck(self, stuck, points: list[dict], time_ns: int) -> None:
        """Alarms of instruments that repeat one value (places of their points)."""
        for k in stuck:
            name = points[k]["name"]
            self.tell(f"{name} is stuck", time_ns, key=f"stuck {k}", points=[name], kind="stuck", cause="stuck")
        self.only("stuck ", [f"stuck {k}" for k in stuck])

    def feed(self, texts: list[str], time_ns: int) -> None:
        """Alarms of the feed since the last step."""
        for text in texts:
            self.tell(text, time_ns, key=f"feed {text}", kind="feed")
        self.only("feed ", [f"feed {text}" for text in texts])

    def domains(self, kind: str, domains, text: str, points: list[dict], time_ns: int) -> None:
        """Alarms of domains of the filter, named by their points."""
        for d in domains:
            names = [p["name"] for p in points if p["domain"] == d]
            heard = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            self.tell(f"{heard}: {text}", time_ns, key=f"{kind} {d}", points=names, kind=kind)
        self.only(f"{kind} ", [f"{kind} {d}" for d in domains])

    def keep(self) -> dict:
        """Values for a restart, as of `taken_up`."""
        return dict(alarms=[a.keep() for a in self], standing=sorted(self.standing))

    @classmethod
    def taken_up(cls, kept) -> "Alarms":
        """The alarms of the values of `keep`."""
        if isinstance(kept, list):   # format of earlier versions
            return cls(kept)
        out = cls(kept["alarms"])
        out.standing = set(kept["standing"])
        return out
