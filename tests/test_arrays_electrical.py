"""cs.electrical beside pvlib in the same run: parameters, key points, currents, voltages; forms of input, NaN, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pvlib import pvsystem

import coldsun as cs
from coldsun import _engine

LONGI = dict(alpha_sc=0.0057072, a_ref=1.80382, I_L_ref=13.937, I_o_ref=1.47e-11, R_sh_ref=139.433, R_s=0.169931, Adjust=5.40163)
FIRST_SOLAR = dict(alpha_sc=0.0014504, a_ref=8.13286, I_L_ref=2.59199, I_o_ref=3.18e-12, R_sh_ref=4505.63, R_s=3.4533, Adjust=-2.27135)


@pytest.fixture(scope="module")
def weather() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(7)
    return 10.0 ** chance.uniform(0.0, 3.1, 3000), chance.uniform(-20.0, 85.0, 3000)


@pytest.mark.parametrize("module", [LONGI, FIRST_SOLAR])
def test_parameters_are_those_of_pvlib(weather, module):
    """3e-10 of the saturation current: SciPy gives Boltzmann's constant two digits more (2e-11), and its exponent is 43 times what moves. The
    others are rounding."""
    ours, theirs = cs.electrical.calcparams_cec(*weather, **module), pvsystem.calcparams_cec(*weather, **module)
    for have, want, tolerance in zip(ours, theirs, (1e-14, 3e-10, 0.0, 1e-14, 1e-14)):
        np.testing.assert_allclose(have, np.broadcast_to(want, have.shape), rtol=tolerance)


@pytest.mark.parametrize("module", [LONGI, FIRST_SOLAR])
def test_key_points_are_those_of_pvlib(weather, module):
    """1e-11 of pvlib's Newton for i_sc, v_oc, p_mp; 1e-8 for v_mp and i_mp, where the maximum is flat, and the currents that rest on them."""
    curve = pvsystem.calcparams_cec(*weather, **module)
    ours, theirs = cs.electrical.singlediode(*curve), pvsystem.singlediode(*curve, method="newton")
    assert list(ours.columns) == list(theirs.columns)
    for name, tolerance in (("i_sc", 1e-11), ("v_oc", 1e-11), ("p_mp", 1e-11), ("v_mp", 1e-8), ("i_mp", 1e-8), ("i_x", 1e-11), ("i_xx", 1e-7)):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=tolerance, err_msg=name)


@pytest.mark.parametrize("module", [LONGI, FIRST_SOLAR])
def test_any_voltage_and_current_meets_pvlib(weather, module):
    """1e-10 A and 1e-9 V beside Lambert's W: reverse to beyond the open circuit, and currents beyond both ends of the curve."""
    curve = pvsystem.calcparams_cec(*weather, **module)
    chance = np.random.default_rng(8)
    open_circuit = cs.electrical.singlediode(*curve)["v_oc"].to_numpy()
    voltage = open_circuit * chance.uniform(-0.5, 1.1, len(open_circuit))
    np.testing.assert_allclose(cs.electrical.i_from_v(voltage, *curve), pvsystem.i_from_v(voltage, *curve), rtol=1e-9, atol=1e-10)
    current = curve[0] * chance.uniform(-0.5, 1.02, len(open_circuit))
    back = cs.electrical.i_from_v(cs.electrical.v_from_i(current, *curve), *curve)
    np.testing.assert_allclose(back, current, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(cs.electrical.v_from_i(current, *curve), pvsystem.v_from_i(current, *curve), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("resistance_shunt", [0.5, 20.0, 1e6, np.inf])
def test_shunted_and_ideal_curves(resistance_shunt):
    """Both directions meet on curves from nearly a resistor to one without shunt or series resistance."""
    for resistance_series in (0.0, 0.3, 2.0):
        curve = (9.0, 1e-9, resistance_series, resistance_shunt, 1.5)
        current = np.linspace(-6.0, 8.9, 60)
        np.testing.assert_allclose(cs.electrical.i_from_v(cs.electrical.v_from_i(current, *curve), *curve), current, rtol=1e-9, atol=1e-11)
        points = cs.electrical.singlediode(*curve)
        voltage = np.linspace(0.0, points["v_oc"], 20001)
        assert np.max(voltage * cs.electrical.i_from_v(voltage, *curve)) == pytest.approx(points["p_mp"], rel=1e-6)
        assert cs.electrical.v_from_i(0.0, *curve) == pytest.approx(points["v_oc"], rel=1e-12)


def test_results_have_the_form_of_the_inputs():
    curve = dict(saturation_current=1e-10, resistance_series=0.2, resistance_shunt=200.0, nNsVth=1.9)
    one = cs.electrical.singlediode(9.0, **curve)
    assert isinstance(one, dict) and isinstance(one["p_mp"], float)
    index = pd.date_range("2026-06-21", periods=3, freq="h", tz="UTC")
    series = pd.Series([0.0, 9.0, np.nan], index=index)
    frame = cs.electrical.singlediode(series, **curve)
    assert frame.index.equals(index) and frame.p_mp.iloc[1] == one["p_mp"]
    assert (frame.iloc[0] == 0.0).all() and frame.iloc[2].isna().all()
    assert isinstance(cs.electrical.i_from_v(30.0, series, **curve), pd.Series)
    grid = xr.DataArray([1.0, 9.0], dims="site") * xr.DataArray([1.0, 0.5, 0.1], dims="time")
    data = cs.electrical.singlediode(grid, **curve)
    assert dict(data.sizes) == {"site": 2, "time": 3} and float(data.p_mp[1, 0]) == one["p_mp"]
    table = cs.electrical.i_from_v(np.linspace(0, 40, 5)[:, None], np.array([1.0, 5.0, 9.0]), **curve)
    assert table.shape == (5, 3)
    assert cs.electrical.i_from_v([], 9.0, **curve).shape == (0,)


def test_series_align_as_in_pandas():
    curve = dict(saturation_current=1e-10, resistance_series=0.2, resistance_shunt=200.0, nNsVth=1.9)
    current = cs.electrical.i_from_v(pd.Series([10.0, 20.0], index=[1, 2]), pd.Series([9.0, 8.0], index=[2, 3]), **curve)
    assert list(current.index) == [1, 2, 3] and list(current.isna()) == [True, False, True]


@pytest.mark.parametrize("where", range(6))
def test_nan_affects_only_its_own_point(where):
    """In a column of 1,500 points one NaN costs its own point, in whichever input it stands."""
    columns = [np.full(1500, x) for x in (30.0, 9.0, 1e-10, 0.2, 200.0, 1.9)]
    columns[where][700] = np.nan
    for function in (cs.electrical.i_from_v, cs.electrical.v_from_i):
        assert np.flatnonzero(np.isnan(function(*columns))).tolist() == [700]
    if where:
        assert np.flatnonzero(cs.electrical.singlediode(*columns[1:]).isna().any(axis=1)).tolist() == [700]


@pytest.mark.parametrize(("change", "words"), [
    (dict(saturation_current=0.0), "saturation_current = 0; accepted: numbers above 0"), (dict(nNsVth=-1.0), "nNsVth = -1"),
    (dict(resistance_shunt=0.0), "resistance_shunt"), (dict(resistance_series=-0.1), "resistance_series = -0.1; accepted: numbers of 0 and more"),
    (dict(method="bisect"), "method = 'bisect'; accepted: brentq"), (dict(photocurrent="much"), "photocurrent holds str 'much'; accepted: real"),
    (dict(photocurrent=[[1.0, 2.0]], nNsVth=[1.0, 1.0, 1.0]), r"do not broadcast: photocurrent \(1, 2\), nNsVth \(3,\)"),
])
def test_an_invalid_parameter_gives_one_sentence(change, words):
    curve = dict(photocurrent=9.0, saturation_current=1e-10, resistance_series=0.2, resistance_shunt=200.0, nNsVth=1.9)
    with pytest.raises(cs.InputError, match=words):
        cs.electrical.singlediode(**curve | change)


def test_other_reference_conditions_are_refused():
    with pytest.raises(cs.InputError, match="temp_ref = 20; accepted: 25"):
        cs.electrical.calcparams_cec(800.0, 45.0, **LONGI, temp_ref=20)


def test_any_number_of_threads_and_batches_gives_the_same_bits(weather):
    curve = cs.electrical.calcparams_cec(*weather, **LONGI)
    threads = _engine.max_threads()
    whole = cs.electrical.singlediode(*curve).to_numpy()
    try:
        _engine.set_threads(3)
        assert (cs.electrical.singlediode(*curve).to_numpy() == whole).all()
    finally:
        _engine.set_threads(threads)
    part = [x[1001:1010] for x in curve]
    assert (cs.electrical.singlediode(*part).to_numpy() == whole[1001:1010]).all()
    with ThreadPoolExecutor(4) as pool:   # the GIL is released: calls overlap, and do not disturb one another
        for other in pool.map(lambda _: cs.electrical.singlediode(*curve).to_numpy(), range(8)):
            assert (other == whole).all()


def test_a_curve_without_light_gives_zeros():
    curve = cs.electrical.calcparams_cec(np.array([0.0, 500.0]), 10.0, **LONGI)
    assert np.isinf(curve[3][0]) and cs.electrical.singlediode(*curve).iloc[0].eq(0.0).all()
