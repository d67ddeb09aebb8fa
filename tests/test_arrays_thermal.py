"""cs.thermal: coolants beside CoolProp's numbers, channels beside published ones, a plate beside the twin's; forms, NaN, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import coldsun as cs

# CoolProp 8.0.0 at 101,325 Pa: INCOMP::MPG[0.25] and Water at 278.15, 293.15, 313.15, 333.15, 353.15 K.
KELVIN = [278.15, 293.15, 313.15, 333.15, 353.15]
COOLPROP = {
    "pg25": dict(rho=[1024.48254858, 1019.27760186, 1009.90940968, 998.39727173, 985.42978315],
                 mu=[0.00439286, 0.00244523, 0.00135301, 0.00087804, 0.00062801],
                 k=[0.45414022, 0.46785242, 0.48583982, 0.50320369, 0.51963223],
                 cp=[3884.18830132, 3920.46751315, 3968.64950032, 4015.70830666, 4060.65589523]),
    "water": dict(rho=[999.96663355, 998.20715047, 992.21635287, 983.19582423, 971.7903981],
                  mu=[0.00151817, 0.0010016, 0.00065273, 0.00046604, 0.00035405],
                  k=[0.56779374, 0.59801236, 0.6284857, 0.65100028, 0.66699431],
                  cp=[4205.03769249, 4184.05092452, 4179.41479801, 4184.95328058, 4196.7532645]),
}


@pytest.mark.parametrize("coolant", COOLPROP)
def test_coolants_are_those_of_coolprop(coolant):
    """1e-5 for glycol, the same polynomials collapsed to cubics (and six printed digits of mu); water 4e-5 by the release's own fits, its heat
    capacity 4e-4, a quartic."""
    ours = cs.thermal.coolant_properties(KELVIN, coolant)
    for name, want in COOLPROP[coolant].items():
        tolerance = 1e-5 if coolant == "pg25" else (4e-4 if name == "cp" else 4e-5)
        np.testing.assert_allclose(ours[name], want, rtol=tolerance, err_msg=name)
    np.testing.assert_allclose(ours["prandtl"], ours["mu"] * ours["cp"] / ours["k"], rtol=1e-15)


def test_temperatures_outside_the_range_give_nan():
    rho = cs.thermal.coolant_properties([273.14, 273.15, 363.15, 363.16, np.nan])["rho"]
    assert list(np.isnan(rho)) == [True, False, False, True, True]


# Shah and London 1978, table 42: aspect, friction factor times Reynolds number (Fanning), Nusselt number H1
DEVELOPED = [(1.0, 14.22708, 3.60795), (0.5, 15.54806, 4.12330), (0.25, 18.23278, 5.33106), (0.125, 20.58464, 6.49033)]


@pytest.mark.parametrize(("aspect", "friction", "nusselt"), DEVELOPED)
def test_developed_channels_are_those_of_shah_and_london(aspect, friction, nusselt):
    """1e-3 of the table: what its polynomials (eqs. 341 and 346) are off by; a channel of 1e7 diameters has no inlet."""
    assert cs.thermal.nusselt(100.0, 5.0, aspect) == pytest.approx(nusselt, rel=1e-3)
    width, height = 1e-3 * aspect, 1e-3
    d = 2 * width * height / (width + height)
    water = cs.thermal.coolant_properties(313.15, "water")
    velocity = 100.0 * water["mu"] / (water["rho"] * d)
    drop = cs.thermal.pressure_drop(velocity * width * height, width, height, 1, 1e7 * d, coolant="water")
    assert drop == pytest.approx(4 * friction / 100.0 * 1e7 * 0.5 * water["rho"] * velocity**2, rel=1e-3)


def test_turbulent_channels_are_those_of_gnielinski():
    """1e-12: the same formula with Petukhov's friction, and the blend's ends."""
    reynolds, prandtl = np.array([4000.0, 1e4, 1e5]), 5.0
    f = (0.79 * np.log(reynolds) - 1.64) ** -2
    want = f / 8 * (reynolds - 1000) * prandtl / (1 + 12.7 * np.sqrt(f / 8) * (prandtl ** (2 / 3) - 1))
    np.testing.assert_allclose(cs.thermal.nusselt(reynolds, prandtl), want, rtol=1e-12)
    middle = cs.thermal.nusselt([2300.0, 3150.0, 4000.0], prandtl)
    assert middle[1] == pytest.approx(middle[[0, 2]].mean(), rel=1e-12)
    assert cs.thermal.nusselt(500.0, prandtl, length=20.0) > cs.thermal.nusselt(500.0, prandtl, length=200.0) > cs.thermal.nusselt(500.0, prandtl)


def test_the_resistance_of_a_plate_is_that_of_the_twin():
    """37.8 K at 700 W and 0.98 L/min, what the plate's converged mesh has (tests/io_plate_converged_test.cpp); 0.05 K: one printed digit."""
    plate = cs.thermal.plate("gpu_700w")
    assert 700.0 * plate.resistance(0.98e-3 / 60) == pytest.approx(37.8, abs=0.05)
    flow = np.linspace(plate.flow_min, plate.flow_max, 40)
    resistance = plate.resistance(flow)
    assert (np.diff(resistance) < 0.0).all() and (np.diff(plate.pressure_drop(flow)) > 0.0).all()
    caloric = 1.0 / (flow * np.prod([cs.thermal.coolant_properties(313.15)[k] for k in ("rho", "cp")]))
    assert (resistance > caloric).all()
    assert plate.resistance(flow[5]) == resistance[5]   # the same bits alone and in a batch
    assert plate.resistance(flow[5], tim_factor=2.0) > resistance[5] > plate.resistance(flow[5], 333.15)
    assert np.isnan(plate.resistance([np.nan, flow[0]])).tolist() == [True, False]


def test_the_interface_material_adds_its_own_resistance():
    """Double the interface: more by at least its sheet, 50 um at 8 W/(m K) over 28.5 x 28.5 mm under an even power; the map's peaks add to it."""
    plate = cs.thermal.plate("gpu_700w")
    sheet = 50e-6 / 8.0 / (plate.length * plate.width)
    more = plate.resistance(1e-3 / 60, tim_factor=2.0) - plate.resistance(1e-3 / 60)
    assert sheet < more < 1.5 * sheet


def test_results_have_the_form_of_the_inputs():
    index = pd.Index([10, 20])
    frame = cs.thermal.coolant_properties(pd.Series([300.0, 310.0], index=index), "water")
    assert isinstance(frame, pd.DataFrame) and frame.index.equals(index)
    grid = cs.thermal.plate("gpu_700w").resistance(xr.DataArray([1e-5, 2e-5], dims="flow"), xr.DataArray([300.0, 310.0, 320.0], dims="t"))
    assert dict(grid.sizes) == {"flow": 2, "t": 3}
    assert isinstance(cs.thermal.nusselt(100.0, 5.0), float)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: cs.thermal.coolant_properties(300.0, "oil"), 'coolant = "oil"; accepted: water, pg25'),
    (lambda: cs.thermal.nusselt(-1.0, 5.0), "reynolds = -1"), (lambda: cs.thermal.nusselt(10.0, 5.0, aspect=2.0), "aspect = 2; accepted: above 0"),
    (lambda: cs.thermal.pressure_drop(1e-5, 0.0, 1e-3, 10, 0.03), "width = 0"),
    (lambda: cs.thermal.plate("gpu_9000w"), 'plate = "gpu_9000w"; accepted: gpu_700w'), (lambda: cs.thermal.plate(7), "name = 7"),
    (lambda: cs.thermal.plate("gpu_700w").resistance(0.0), "flow = 0"),
    (lambda: cs.thermal.plate("gpu_700w").resistance(1e-5, 25.0), "temperature = 25; accepted: 273.15 to 363.15 K"),
    (lambda: cs.thermal.plate("gpu_700w", "nowhere"), "nowhere"),
])
def test_an_invalid_parameter_gives_one_sentence(call, words):
    with pytest.raises(cs.InputError, match=words):
        call()
