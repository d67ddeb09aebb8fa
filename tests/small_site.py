"""The Atacama pilot cut to an eighth, every node lumped: 16 nodes with the temperatures and shares of the whole, fast enough to follow."""

from __future__ import annotations

import re
from pathlib import Path

PART = 8
WHOLE = ("n_rack", "n_row")                      # counts that stay whole numbers
SIZES = ("volume_l", "flow_lpm", "ua_kw_per_k", "heat_capacity_mj_per_k", "heat_capacity_kj_per_k", "conductance_kw_per_k", "air_flow_m3_per_s",
         "fan_power_kw", "cooling_kw", "cooler_ua_kw_per_k", "p_aux_base_kw", "p_import_kw", "p_budget_kw")
NODES = {16: 2, 48: 6, 64: 8}


def small_site(text: str) -> str:
    """The text of atacama.toml as that of the small site."""

    def divide(match: re.Match[str]) -> str:
        key, before, number = match.groups()
        value = float(number) / PART
        return f"{key} = {before}{round(value) if key in WHOLE else value:g}"

    text = re.sub(rf"^({'|'.join(WHOLE + SIZES)}) = ({{ value = )?([0-9.]+)", lambda m: divide(_filled(m)), text, flags=re.M)
    text = re.sub(r"^n_node = (\d+)$", lambda m: f"n_node = {NODES[int(m[1])]}", text, flags=re.M)
    text = re.sub(r"^n_field = .*$", "n_field = 0", text, flags=re.M)
    text = text.replace("n_parallel = 20", "n_parallel = 3").replace("p_rated_kw = 1300", "p_rated_kw = 170").replace("p_rated_kw = 1100", "p_rated_kw = 140")
    text = text.replace("p_rated_kw = 120\n", "p_rated_kw = 15\n").replace("capacitance_f = { value = 0.33", "capacitance_f = { value = 0.04")
    for key, times in (("r_droop_mohm", PART), ("r_pv_cable_mohm", PART), ("r_battery_cable_mohm", PART), ("r_load_cable_mohm", PART)):
        text = re.sub(rf"^{key} = ({{ value = )?([0-9.]+)", lambda m, k=key, t=times: f"{k} = {m[1] or ''}{float(m[2]) * t:g}", text, flags=re.M)
    for noise in ("noise_kw", "noise_lpm"):
        text = re.sub(rf"^{noise} = ([0-9.]+)", lambda m, n=noise: f"{n} = {float(m[1]) / PART:g}", text, flags=re.M)
    return text


class _Filled:
    """A match whose missing group reads as nothing."""

    def __init__(self, match: re.Match[str]):
        self.match = match

    def groups(self) -> tuple[str, str, str]:
        key, before, number = self.match.groups()
        return key, before or "", number


def _filled(match: re.Match[str]) -> _Filled:
    return _Filled(match)


def write_small_site(data: Path, path: Path) -> Path:
    path.write_text(small_site((data / "sites" / "atacama.toml").read_text(encoding="utf-8")), encoding="utf-8")
    return path
