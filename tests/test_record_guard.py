"""Records with damaged, copied, reordered or foreign segments: undamaged segments open, the others are named in one sentence."""

from __future__ import annotations

import shutil

import h5py
import numpy as np
import pytest
import xarray as xr

import coldsun as cs
from coldsun import _engine, record_thin


@pytest.fixture
def copy(recorded, tmp_path):
    folder = tmp_path / "record"
    shutil.copytree(recorded, folder)
    return folder


def flip(path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ (1 << bit % 8)]))


def changed(path, change) -> None:
    """Change a segment and seal it again, as another tool could."""
    data = path.read_bytes()
    path.write_bytes(data[:-16])
    with h5py.File(path, "r+") as file:
        change(file)
    _engine.seal(str(path))


def refusal(path) -> str:
    with pytest.raises(cs.InputError) as error:
        cs.open_record(path).load()
    text = str(error.value)
    assert "\n" not in text and str(path) in text and len(text) < 400
    return text


def test_every_flipped_bit_is_detected(recorded, tmp_path):
    """200 random bits over the file of a single segment: each gives one sentence, none a wrong number."""
    rng = np.random.default_rng(5)
    path = tmp_path / "segment_0000.nc"
    whole = (recorded / "segment_0000.nc").read_bytes()
    for bit in rng.integers(0, 8 * len(whole), 200):
        path.write_bytes(whole)
        flip(path, int(bit))
        refusal(tmp_path)
        with pytest.raises(cs.InputError, match="segment_0000.nc"):
            cs.record.open_segment(path)


def test_a_damaged_last_segment_is_named_and_those_before_open(copy):
    flip(copy / "segment_0002.nc", 40_000)
    with pytest.warns(cs.RecordWarning, match=r"segment_0002.nc: damaged .*; the record ends before it"):
        record = cs.open_record(copy)
    assert record.sizes["time"] == 720 and np.isfinite(record["p_it"].values).all()
    (copy / "segment_0001.nc").write_bytes((copy / "segment_0001.nc").read_bytes()[:-1])
    with pytest.warns(cs.RecordWarning) as said:
        assert cs.open_record(copy).sizes["time"] == 360
    assert sorted(str(w.message).split(":")[0][-15:] for w in said) == ["segment_0001.nc", "segment_0002.nc"]


def test_a_damaged_segment_before_an_undamaged_one_is_refused(copy):
    flip(copy / "segment_0001.nc", 40_000)
    assert "segment_0001.nc: damaged" in refusal(copy)


def test_damage_after_the_record_was_opened_is_detected_on_reading(copy):
    record = cs.open_record(copy)
    flip(copy / "segment_0001.nc", 40_000)
    with pytest.raises(cs.InputError, match="segment_0001.nc: damaged"):
        record["p_pv"].load()
    assert np.isfinite(record["p_it"].isel(time=slice(0, 360)).values).all()   # of an undamaged segment


def test_an_older_segment_copied_as_the_newest_is_refused(copy):
    shutil.copy(copy / "segment_0000.nc", copy / "segment_0003.nc")
    assert "segment_0003.nc: was written as segment 0" in refusal(copy)
    changed(copy / "segment_0003.nc", lambda f: f.attrs.__delitem__("segment"))
    assert "begins at 2026-06-14T12:00:00.000, where the segment before ends at 2026-06-14T14:30:00.000" in refusal(copy)


def test_time_that_runs_backwards_in_a_segment_is_refused(copy):
    def back(file):
        file["time_bnds"][5] -= 100_000
    changed(copy / "segment_0000.nc", back)
    assert "the time of its steps is not continuous" in refusal(copy)


@pytest.mark.parametrize("kind", ["external", "soft", "group", "storage"])
def test_links_out_of_the_segment_are_not_followed(copy, tmp_path, kind):
    (tmp_path / "secret").write_bytes(b"S" * 100_000)

    def change(file):
        del file["p_it"]
        if kind == "external":
            file["p_it"] = h5py.ExternalLink("segment_0001.nc", "p_it")
        elif kind == "soft":
            file["p_it"] = h5py.SoftLink("/p_pv")
        elif kind == "group":
            at = file.create_group("p_it")
            for _ in range(4000):
                at = at.create_group("g")
        else:
            file.create_dataset("p_it", (360, 1, 1), "f8", external=[(str(tmp_path / "secret"), 0, 360 * 8)])

    changed(copy / "segment_0000.nc", change)
    text = refusal(copy)
    assert ("link" in text) if kind in ("external", "soft") else ("cannot be read" in text or "another file" in text)


def test_a_checkpoint_with_a_value_out_of_range_is_refused(network, tmp_path):
    twin = cs.Twin(network, hours=0.1)
    twin.step(5)
    before = twin.hash()
    for field, value, word in (("thermal/t_supply", -1e6, r"-1e\+06 K; accepted: 150 to 2000"), ("electrical/soc", 37.0, "soc.* = 37"),
                               ("workload/node_job", 1_000_000, "node_job")):
        path = tmp_path / "state.h5"
        twin.save(path)

        def change(file, field=field, value=value):
            file["checkpoint"][field][0, 0] = value

        changed(path, change)
        with pytest.raises(cs.InputError, match=rf"state.h5: checkpoint: .*{word}"):
            twin.load(path)
        assert twin.hash() == before


# ---- time and CF ----------------------------------------------------------------------------------------------------------------
def test_time_is_in_milliseconds_which_netcdf4_and_cftime_read(recorded):
    """netCDF4 and cftime do not read nanoseconds."""
    netCDF4 = pytest.importorskip("netCDF4")
    cftime = pytest.importorskip("cftime")
    with netCDF4.Dataset(recorded / "segment_0001.nc") as data:
        time = data["time"]
        assert time.units == "milliseconds since 1970-01-01" and time.dtype == np.int64
        first = cftime.num2date(time[0], time.units, time.calendar)
        assert first.isoformat() == "2026-06-14T13:00:10"
        assert (data["time_bnds"][:, 1] == time[:]).all()


def test_to_netcdf_keeps_one_unit_of_time(recorded, tmp_path):
    netCDF4 = pytest.importorskip("netCDF4")
    record = cs.open_record(recorded)
    record[["p_it", "t_junction", "time_bnds"]].to_netcdf(tmp_path / "all.nc")
    with netCDF4.Dataset(tmp_path / "all.nc") as data:
        assert data["time"].units == "milliseconds since 1970-01-01"
        assert getattr(data["time_bnds"], "units", data["time"].units) == data["time"].units
        assert (data["time_bnds"][:, 1] == data["time"][:]).all() and data["time"].size == 900
    again = xr.open_dataset(tmp_path / "all.nc", engine="h5netcdf", decode_timedelta=False)
    assert (again["time"].values == record["time"].values).all()


def test_counters_and_flags_are_whole_numbers_with_their_meaning(recorded):
    record = cs.open_record(recorded)
    flags = record["flags"]
    masks, words = flags.attrs["flag_masks"], flags.attrs["flag_meanings"].split()
    assert flags.dtype == np.uint32 and masks.dtype == np.uint32 and len(masks) == len(words) > 5 and "units" not in flags.attrs
    assert all(int(m).bit_count() == 1 for m in masks)
    phase = record["link_phase"].attrs
    assert list(phase["flag_values"]) == [0, 1, 2] and phase["flag_meanings"] == "normal stalled draining"
    for name in ("n_done", "n_running", "n_cut", "outage_count"):
        assert record[name].dtype.kind == "i", name
    assert record["t_supply"].attrs["units_metadata"] == "temperature: on_scale"
    assert "coldsun" in record.attrs["history"]


def test_every_data_set_has_a_checksum(recorded):
    plain = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "iuf" and item.size and not item.fletcher32 and name != "nv":   # an axis without numbers
            plain.append(name)

    with h5py.File(recorded / "segment_0000.nc", "r") as file:
        file.visititems(visit)
    assert not plain


# ---- thinning ------------------------------------------------------------------------------------------------------------------
def test_a_thinned_segment_keeps_means_sums_and_ends(copy):
    whole = cs.open_record(copy).load()
    size = (copy / "segment_0000.nc").stat().st_size
    record_thin.thin(copy / "segment_0000.nc", 120.0)
    assert (copy / "segment_0000.nc").stat().st_size < size / 2
    record = cs.open_record(copy)
    assert record.sizes["time"] == 30 + 360 + 180 and set(record.variables) == set(whole.variables)
    head = record.isel(time=slice(0, 30))
    assert (head["step"] == 120.0).all() and (head["time_bnds"].diff("nv").values == np.timedelta64(120, "s")).all()
    np.testing.assert_allclose(head["p_it"].values, whole["p_it"].values[:360].reshape(30, 12, 1, 1).mean(1), rtol=1e-14)
    assert np.array_equal(head["soc"].values, whole["soc"].values[11:360:12]) and np.array_equal(head["n_done"].values, whole["n_done"].values[11:360:12])
    for name in whole.variables:
        assert record[name].dtype == whole[name].dtype and record[name].dims == whole[name].dims, name
        if name not in ("time", "time_bnds"):
            assert {k: str(v) for k, v in record[name].attrs.items()} == {k: str(v) for k, v in whole[name].attrs.items()}, name
    assert list(record["site"].values) == ["atacama"]
    cs.record.check_segment(copy / "segment_0000.nc")
    assert record_thin.is_thinned(copy / "segment_0000.nc") and not record_thin.is_thinned(copy / "segment_0001.nc")
    netCDF4 = pytest.importorskip("netCDF4")
    with netCDF4.Dataset(copy / "segment_0000.nc") as data:
        assert data["p_it"].dimensions == ("time", "member", "site") and data["t_junction"].shape == (30, 1, 128)


def test_a_segment_thinned_after_the_record_was_opened_is_refused_on_reading(copy):
    """Regression: rows of other times were returned, 53 kW off, or an IndexError."""
    live = cs.open_record(copy)
    record_thin.thin(copy / "segment_0000.nc", 120.0)
    for rows in (slice(0, 30), slice(0, 300), slice(350, 370), 5):
        with pytest.raises(cs.InputError, match=r"segment_0000.nc: was changed .* \(30 rows instead of 360\); accepted: open_record again"):
            live["p_it"].isel(time=rows).load()
    assert live["p_it"].isel(time=slice(360, 370)).values.shape == (10, 1, 1)
    assert cs.open_record(copy)["p_it"].shape == (30 + 360 + 180, 1, 1)
