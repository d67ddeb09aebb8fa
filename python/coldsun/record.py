"""Records: a folder of netCDF-4 segments, joined into one xarray.Dataset."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from .errors import InputError

SCHEMA = "1"


def segments(path: str | Path) -> list[Path]:
    """Closed segments of the record at `path`, in order; raises InputError when there is none."""
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; accepted: the folder that a run wrote (--out)")
    found = sorted(path.glob("segment_*.nc"))
    if not found:
        raise InputError(f"{path}: holds no closed segment (segment_0000.nc ...); accepted: the folder of a record")
    return found


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
        When the folder holds no record, or a segment is truncated, foreign or of another schema.
    """
    parts = []
    for segment in segments(path):
        try:
            part = xr.open_dataset(segment, engine="h5netcdf")
        except Exception:
            raise InputError(f"{segment}: not a readable netCDF-4 file (truncated or foreign); accepted: a segment that coldsun wrote") from None
        if str(part.attrs.get("coldsun_schema")) != SCHEMA:
            raise InputError(f"{segment}: coldsun_schema = {part.attrs.get('coldsun_schema')!r}; accepted: {SCHEMA!r}")
        parts.append(part)
    if len(parts) == 1:
        return parts[0]
    record = xr.concat(parts, "time", data_vars="minimal", coords="minimal", compat="override", join="override", combine_attrs="override")
    return record
