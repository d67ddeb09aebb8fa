"""Lines of the pilots' files and what a comparison puts in their place: pattern -> line; and where records of others lie."""

from __future__ import annotations

import os
from pathlib import Path

# Records of others that are not part of the project: weather years, a PV plant. What needs one is skipped where it is not.
RECORDS = Path(os.environ.get("COLDSUN_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def months(value: float) -> str:
    return "[" + ", ".join([str(value)] * 12) + "]"


LUMPED = {r"^n_field = .*$": "n_field = 0"}
CLEAR = {  # one turbidity all year, no haze, dust or cloud
    r"^linke_turbidity = .*$": f"linke_turbidity = {{ value = {months(3.0)}, source = 'assumed: for comparison' }}",
    r"^haze = .*$": f"haze = {{ value = {months(0.0)}, source = 'assumed: for comparison' }}",
    r"^dust_days = .*$": f"dust_days = {{ value = {months(0.0)}, source = 'assumed: for comparison' }}",
    r"^clear_fraction = .*$": f"clear_fraction = {months(1.0)}",
    r"^overcast_fraction = .*$": f"overcast_fraction = {months(0.0)}",
}
QUIET = {  # few events, so that long steps stay long
    r"^outage_probability = .*$": "outage_probability = { value = 0.0, source = 'assumed: for comparison' }",
    r"^load = [{0].*$": "load = { value = 0.05, source = 'assumed: for comparison' }",
}
