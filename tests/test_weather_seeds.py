"""Seed files of the weather fuzz: valid years; their mutations are read, or refused with one sentence."""

from __future__ import annotations

import random
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import coldsun as cs

sys.path.append(str(Path(__file__).resolve().parent.parent / "validation" / "fuzz"))
import weather_seeds  # noqa: E402

SEEDS = {"epw": ".epw", "sam": ".csv", "nsrdb": ".csv"}


@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_is_a_valid_year_and_its_mutations_are_read_or_refused(name, tmp_path):
    """Regression: the seeds had 72 rows, so that every mutation was refused."""
    seed, path = getattr(weather_seeds, name)(), tmp_path / f"a{SEEDS[name]}"
    path.write_bytes(seed)
    weather = cs.read_weather(path, 2026)
    assert len(weather.time) == 8760 and 2000.0 < weather.ghi.mean() * 8.76 < 2500.0 and not any("doubtful" in note for note in weather.notes)
    for k in range(2):
        changed = weather_seeds.mutate_rows(seed, random.Random(k))
        assert changed == weather_seeds.mutate_rows(seed, random.Random(k)) != seed
        path.write_bytes(changed)
        try:
            made = cs.read_weather(path, 2026)
        except cs.InputError as error:
            assert str(error).startswith(f"{path}: ") and "accepted: " in str(error) and "\n" not in str(error)
        else:
            assert all(np.isfinite(getattr(made, q)).all() for q in ("ghi", "dni", "dhi", "temp_air", "wind_speed", "pressure"))


@pytest.mark.parametrize(("column", "value", "words"), [(4, "1e999", "row 4001 has no valid minute"), (4, "-1e308", "row 4001 has no valid minute"),
                                                        (12, "1e308", "pressure = inf Pa")])
def test_a_number_out_of_floating_point_range_is_one_sentence(tmp_path, column, value, words):
    """Regression: it came with a RuntimeWarning."""
    lines = weather_seeds.nsrdb().decode().splitlines()
    row = lines[3 + 4000].split(",")
    lines[3 + 4000] = ",".join(row[:column] + [value] + row[column + 1:])
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    with warnings.catch_warnings(), pytest.raises(cs.InputError, match=words):
        warnings.simplefilter("error", RuntimeWarning)
        cs.read_weather(path, 2026)
