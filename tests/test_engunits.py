"""Units as CF, QUDT and people spell them are taken; where only a capital tells milli from mega it is kept."""

from __future__ import annotations

import pytest

from coldsun.engunits import unit_named

KNOWN = {"degC": (1.0, 273.15), "K": (1.0, 0.0), "W": (1.0, 0.0), "kW": (1e3, 0.0), "MW": (1e6, 0.0), "L/min": (1e-3 / 60.0, 0.0), "m3/s": (1.0, 0.0),
         "m3/h": (1.0 / 3600.0, 0.0), "V": (1.0, 0.0), "mV": (1e-3, 0.0), "W/m2": (1.0, 0.0), "m/s": (1.0, 0.0), "Pa": (1.0, 0.0), "kPa": (1e3, 0.0)}
SAID = {"W/m2": ("W m-2", "W/m**2", "W·m⁻²", "W m^-2", "w/m2"), "m/s": ("m s-1", "m/sec", "M/Sec", "m s**-1", "m·s-1"),
        "kW": ("unit:KiloW", "Kilowatts", "KILOWATT"),
        "degC": ("Celsius", "degree Celsius", "DegC", "Deg C", "unit:DEG_C", "DEGREES CELSIUS", "http://qudt.org/vocab/unit/DEG_C"),
        "K": ("Kelvin", "KELVIN"), "W": ("Watts", "WATT"), "L/min": ("liters per minute", "Liters/min", "L_PER_MIN", "Liter/Minute", "L min-1"),
        "m3/h": ("m3 h-1", "M3/Hr", "m^3 h^-1"), "m3/s": ("m3 s-1", "m3/sec"), "Pa": ("PA", "Pascals"), "MW": ("Megawatts",), "mV": ("Millivolts",)}


@pytest.mark.parametrize("unit", SAID)
def test_a_unit_is_known_in_every_spelling(unit):
    """Were refused, each with all its readings."""
    assert {said: unit_named(said, KNOWN) for said in SAID[unit]} == dict.fromkeys(SAID[unit], KNOWN[unit])


@pytest.mark.parametrize(("said", "factor", "shift"), [("Fahrenheit", 5 / 9, 459.67 * 5 / 9), ("unit:DEG_F", 5 / 9, 459.67 * 5 / 9), ("l/sec", 1e-3, 0.0),
                                                       ("LPH", 1e-3 / 3600, 0.0), ("MPH", 0.44704, 0.0), ("cfm", 4.719474432e-4, 0.0),
                                                       ("CFM", 4.719474432e-4, 0.0), ("mW", 1e-3, 0.0), ("GW", 1e9, 0.0), ("kW m-2", 1e3, 0.0)])
def test_a_converted_unit_has_its_factor_and_shift(said, factor, shift):
    assert unit_named(said, KNOWN) == pytest.approx((factor, shift))


@pytest.mark.parametrize("said", ["mw", "Mw", "MV", "mv", "MPa", "m-2", "s-1", "C m-1", "unit:", "furlong", "ms", "Ws"])
def test_an_ambiguous_or_unknown_unit_is_refused(said):
    assert unit_named(said, KNOWN) is None
