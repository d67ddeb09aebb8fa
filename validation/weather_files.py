"""Writes whole synthetic weather years as EPW and SAM CSV files: a clear sky whose sun stands at the middle of each hour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

YEAR = 2023


def year(latitude: float, longitude: float, zone: float) -> pd.DataFrame:
    """Hourly means by local standard time of the hour's start; ghi = dni cos(zenith) + dhi at the hour's middle, Haurwitz-like beam."""
    local = pd.date_range(f"{YEAR}-01-01", periods=8760, freq="h")
    utc = (local - pd.Timedelta(hours=zone)).tz_localize("UTC")
    up = np.cos(np.radians(pvlib.solarposition.ephemeris(utc + pd.Timedelta(minutes=30), latitude, longitude)["zenith"].to_numpy())).clip(0.0)
    dni = np.where(up > 0.0, 950.0 * np.exp(-0.09 / np.maximum(up, 0.02)), 0.0).round()
    dhi = (110.0 * up).round()
    hour = local.hour.to_numpy()
    return pd.DataFrame({"ghi": (dni * up + dhi).round(), "dni": dni, "dhi": dhi, "temp_air": (22.0 - 8.0 * np.cos((hour - 3) * np.pi / 12)).round(1),
                         "wind_speed": np.full(8760, 3.5), "pressure": np.full(8760, 101_000.0)}, index=local)


def write_epw(path: Path, frame: pd.DataFrame, latitude: float, longitude: float, zone: float, altitude: float = 10.0) -> Path:
    head = [f"LOCATION,Synthetic,AA,AAA,own,000000,{latitude},{longitude},{zone},{altitude}", "DESIGN CONDITIONS,0", "TYPICAL/EXTREME PERIODS,0",
            "GROUND TEMPERATURES,0", "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0", "COMMENTS 1,", "COMMENTS 2,", "DATA PERIODS,1,1,Data,Sunday,1/1,12/31"]
    rows = [f"{YEAR},{t.month},{t.day},{t.hour + 1},60,?,{r.temp_air},10.0,40,{r.pressure:.0f},0,0,330,{r.ghi},{r.dni},{r.dhi},"
            f"0,0,0,0,180,{r.wind_speed},0,0,20.0,77777,9,999999999,20,0.1,0,88,0.2,0.0,1.0" for t, r in zip(frame.index, frame.itertuples())]
    path.write_text("\n".join(head + rows) + "\n")
    return path


def write_sam(path: Path, frame: pd.DataFrame, latitude: float, longitude: float, zone: float, altitude: float = 1635.0, drop: str = "",
              minute: int = 30) -> Path:
    at = frame.index
    columns = {"Year": YEAR, "Month": at.month, "Day": at.day, "Hour": at.hour, "Minute": minute, "GHI": frame["ghi"], "DNI": frame["dni"],
               "DHI": frame["dhi"], "Tdry": frame["temp_air"], "Wspd": frame["wind_speed"], "Pres": frame["pressure"] / 100.0}
    table = pd.DataFrame({k: v for k, v in columns.items() if k != drop}, index=frame.index)
    with path.open("w") as stream:
        stream.write("Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation\n")
        stream.write(f"own,0,Synthetic,AA,AA,{latitude},{longitude},{zone},{altitude}\n")
        table.to_csv(stream, index=False)
    return path
