"""Records: a folder of netCDF-4 segments, joined into one xarray.Dataset."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import xarray as xr

from .errors import InputError

SCHEMA = "1"


def closed_segments(folder: str | Path) -> list[Path]:
    """Segments that were closed and renamed, in order; none where the folder is not there."""
    return sorted(Path(folder).glob("segment_*.nc"), key=lambda p: int(p.stem.split("_")[1]))


def segments(path: str | Path) -> list[Path]:
    """Closed segments of the record at `path`, in order; raises InputError when there is none."""
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; accepted: the folder that a run wrote (--out)")
    found = closed_segments(path)
    if not found:
        raise InputError(f"{path}: holds no closed segment (segment_0000.nc ...); accepted: the folder of a record")
    return found


def open_segment(path: str | Path) -> xr.Dataset:
    """Open one segment lazily; raises InputError where it is truncated, foreign or of another schema."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")   # what h5netcdf thinks of a foreign file is said below
            part = xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False)
    except Exception:
        raise InputError(f"{path}: not a readable netCDF-4 file (truncated or foreign); accepted: a segment that coldsun wrote") from None
    schema = part.attrs.get("coldsun_schema")
    if str(schema) != SCHEMA:
        part.close()
        raise InputError(f"{path}: coldsun_schema = {schema!r}; accepted: {SCHEMA!r}")
    return part


def open_record(path: str | Path) -> xr.Dataset:
    """Open the record in a folder.

    Parameters
    ----------
    path : path
        The folder that `Twin.run` or ``coldsun run --out`` wrote. A record of a run that was killed opens as well: what its
        closed segments hold.

    Returns
    -------
    xarray.Dataset
        Dimensions ``time`` (end of each step, UTC), ``member``, ``site``, ``node``, ...; every variable carries ``units`` and
        ``long_name``. Attributes hold the inputs, the commit and the schema version.

    Raises
    ------
    InputError
        When the folder holds no record, a segment is truncated, foreign or of another schema, or one between two others is gone.
    """
    found = segments(path)
    numbers = [int(segment.stem.split("_")[1]) for segment in found]
    if numbers != list(range(len(numbers))):
        gap = next(k for k, n in enumerate(numbers) if n != k)
        raise InputError(f"{path}: segment_{gap:04d}.nc is missing before {found[gap].name}; accepted: segments without a gap")
    parts = [open_segment(segment) for segment in found]
    if len({str(part.attrs.get("inputs_hash")) for part in parts}) > 1:
        raise InputError(f"{path}: holds segments of different runs; accepted: the folder of one run")
    if len(parts) == 1:
        return parts[0]
    return xr.concat(parts, "time", data_vars="minimal", coords="minimal", compat="override", join="override", combine_attrs="override")


def site_facts(record: xr.Dataset, site: str) -> dict:
    """What the record says of one of its sites: title and utc_offset [s]."""
    return json.loads(record.attrs.get("sites", "{}")).get(site, {"title": site, "utc_offset": 0.0})
