"""Makes whole synthetic weather years in the many shapes that people's EPW and CSV files have: one sky, its means over intervals, a writer's habits."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

_SKY = ("latitude", "longitude", "zone", "step", "stamp", "haze", "cloudy", "leap")   # what the light depends on, the rest is writing


@lru_cache(maxsize=32)
def _frame(maker: Maker) -> pd.DataFrame:
    return maker._means()


@dataclass(frozen=True)
class Maker:
    """Where a year is taken and how it is written down."""

    latitude: float = -22.92
    longitude: float = -69.91
    zone: float = -4.0
    altitude: float = 1635.0
    step: int = 60                       # min
    stamp: str = "start"                 # of the interval: start, middle (the interval lies about whole steps), half (named by its middle), end
    haze: float = 0.0                    # optical depth that takes from the beam and gives half back
    cloudy: float = 0.0                  # chance of a dark spell
    leap: bool = False                   # 29 February too
    encoding: str = "utf-8"
    city: str = "Test"
    night: float = 0.0                   # W m-2 written where nothing shines
    summer_time: bool = False            # the clock goes an hour ahead from the end of March to the end of October
    columns: str = "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Tdry,Wspd,Pres"
    header: str = ""                     # metadata rows, | between rows
    units: str = ""                      # a row of units under the names
    hours: str = "0-23"                  # 0-23, 1-24, or 1-0: the day's last hour is written as 0
    years: bool = False                  # every month from another year, as typical years have them
    minute: int = -1                     # what the minute column says in hourly files; -1: the stamp's

    def frame(self) -> pd.DataFrame:
        """Means over the intervals, by the start of each in local standard time."""
        return _frame(replace(self, **{f.name: f.default for f in fields(self) if f.name not in _SKY})).copy()

    def _means(self) -> pd.DataFrame:
        year = 2024 if self.leap else 2023
        n = (366 if self.leap else 365) * 1440 // self.step
        local = pd.Timestamp(f"{year}-01-01") + pd.to_timedelta(np.arange(n) * self.step - (self.step / 2 if self.stamp == "middle" else 0), unit="min")
        utc = (local - pd.Timedelta(hours=self.zone)).tz_localize("UTC")
        parts = max(1, self.step // 10)
        ghi, dni, dhi = np.zeros(n), np.zeros(n), np.zeros(n)
        for k in range(parts):
            at = utc + pd.Timedelta(minutes=self.step * (k + 0.5) / parts)
            up = np.cos(np.radians(pvlib.solarposition.ephemeris(at, self.latitude, self.longitude)["zenith"].to_numpy())).clip(0.0)
            clear = np.where(up > 0.0, 1050.0 * np.exp(-0.12 / np.maximum(up, 0.02)), 0.0)
            beam = clear * np.where(up > 0.0, np.exp(-self.haze / np.maximum(up, 0.02)), 0.0)
            sky = 90.0 * up + 0.5 * (clear - beam) * up
            dni, dhi, ghi = dni + beam / parts, dhi + sky / parts, ghi + (beam * up + sky) / parts
        if self.cloudy:
            chance = np.random.default_rng(3)
            change = chance.random(n) < min(1.0, self.step / 60.0)
            dark = (chance.random(n) < self.cloudy)[np.maximum.accumulate(np.where(change, np.arange(n), 0))]
            ghi, dni, dhi = np.where(dark, 0.35 * ghi, ghi), np.where(dark, 0.0, dni), np.where(dark, 0.35 * ghi, dhi)
        return pd.DataFrame(dict(ghi=ghi.round(1), dni=dni.round(1), dhi=dhi.round(1)), index=local)

    def write(self, path: Path) -> pd.DataFrame:
        """Writes the file; returns what was written, before the writer's habits."""
        frame = self.frame()
        said = frame.copy()
        if self.summer_time:
            hour = 60 // self.step
            take = np.arange(len(said))
            take[84 * 24 * hour:298 * 24 * hour] -= hour
            said[:] = said.to_numpy()[take]
        said[said <= 0.0] = self.night
        shift = {"start": 0.0, "middle": self.step / 2, "half": self.step / 2, "end": float(self.step)}[self.stamp]
        at = frame.index + pd.Timedelta(minutes=shift)
        (self._epw if path.suffix == ".epw" else self._csv)(path, said, at)
        return frame

    def _year(self, month: np.ndarray) -> np.ndarray:
        return np.where(self.years, 2001 + month * 7 % 17, 2024 if self.leap else 2023)

    def _epw(self, path: Path, said: pd.DataFrame, at: pd.DatetimeIndex) -> None:
        start = said.index
        minute = np.full(len(start), 60) if self.step == 60 else start.minute + self.step
        if self.minute >= 0:
            minute = np.where(self.step == 60, self.minute, start.minute)
        head = [f"LOCATION,{self.city},-,ANY,SYN,999999,{self.latitude},{self.longitude},{self.zone},{self.altitude}", "DESIGN CONDITIONS,0",
                "TYPICAL/EXTREME PERIODS,0", "GROUND TEMPERATURES,0", f"HOLIDAYS/DAYLIGHT SAVINGS,{'Yes' if self.leap else 'No'},0,0,0",
                "COMMENTS 1,own", "COMMENTS 2,own", *filter(None, self.header.split("|")), f"DATA PERIODS,1,{60 // self.step},Data,Sunday,1/1,12/31"]
        years = self._year(start.month.to_numpy())
        after = "0,0,0,0,180,3.0,5,5,20,77777,9,999999999,10,0.1,0,88,0.2,0,0"
        rows = [f"{y},{m},{d},{h + 1},{q},?9,15.0,5.0,50,83500,0,0,300,{g},{n},{s},{after}"
                for y, m, d, h, q, g, n, s in zip(years, start.month, start.day, start.hour, minute, said["ghi"], said["dni"], said["dhi"])]
        path.write_text("\n".join(head + rows) + "\n", encoding=self.encoding)

    def _csv(self, path: Path, said: pd.DataFrame, at: pd.DatetimeIndex) -> None:
        hour, month, day = at.hour.to_numpy(), at.month.to_numpy(), at.day.to_numpy()
        if self.hours != "0-23":   # hours name their end; midnight belongs to the day before
            before = (at - pd.Timedelta(minutes=1))
            midnight = (hour == 0) & (at.minute == 0)
            hour = np.where(midnight, 24 if self.hours == "1-24" else 0, hour)
            month, day = np.where(midnight, before.month, month), np.where(midnight, before.day, day)
        of = {"year": self._year(month), "month": month, "day": day, "hour": hour,
              "minute": np.full(len(at), self.minute) if self.minute >= 0 else at.minute, "ghi": said["ghi"], "dni": said["dni"], "dhi": said["dhi"],
              "beam": said["dni"], "diffuse": said["dhi"], "direct normal": said["dni"], "global": said["ghi"],
              "tdry": np.full(len(at), 15.0), "temperature": np.full(len(at), 15.0), "dry bulb temp": np.full(len(at), 15.0),
              "wspd": np.full(len(at), 3.0), "wind speed": np.full(len(at), 3.0), "pres": np.full(len(at), 835.0), "pressure": np.full(len(at), 835.0),
              "rh": np.full(len(at), 40.0), "pressure (kpa)": np.full(len(at), 83.5), "temperature (f)": np.full(len(at), 59.0)}
        names = self.columns.split(",")
        table = pd.DataFrame({k: np.asarray(of[name.strip().lower()]) for k, name in enumerate(names)})
        header = self.header.replace("|", "\n") or ("Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation\n"
                                                    f"SYN,1,{self.city},-,-,{self.latitude},{self.longitude},{self.zone},{self.altitude}")
        body = table.to_csv(header=False, index=False, lineterminator="\n")
        path.write_text("\n".join(filter(None, [header, self.columns, self.units])) + "\n" + body, encoding=self.encoding)
