"""Units as sources spell them (engUnit of metadata): one table beside the engine's own."""

from __future__ import annotations

import unicodedata

# Spellings of units in engUnit: DSX Exchange's guide, UCUM, QUDT/Brick, Project Haystack, BACnet's engineering units, and what people write.
# Each names a unit of the engine's own table (core/units.cpp); those that it does not have stand with factor and shift over one that it has.
SPELLINGS: dict[str, str] = {
    "degC": "C Cel celsius deg_C DEG_C degrees-celsius degreesCelsius degree_celsius degree-Celsius °C ºC",
    "K": "kelvin KEL Kel degrees-kelvin",
    "W": "watt watts Watt J/s", "kW": "kw KW Kw kilowatt kilowatts KiloW kiloW", "MW": "megawatt megawatts MegaW",
    "L/min": "LPM lpm l/min Lpm L/M L/MIN liters-per-minute litres-per-minute liters_per_minute L-PER-MIN LitrePerMinute dm3/min",
    "m3/h": "m3/hr m³/h m³/hr CMH cmh m^3/h cubic-meters-per-hour cubic_meters_per_hour M3-PER-HR",
    "m3/s": "m³/s m^3/s CMS cubic-meters-per-second cubic_meters_per_second M3-PER-SEC",
    "%": "percent Percent PERCENT pct % percent-relative-humidity",
    "V": "volt volts Volt", "mV": "millivolt millivolts MilliV",
    "W/m2": "W/m² W/m^2 W.m-2 W/sqm watts-per-square-meter watts_per_square_meter watts-per-square-metre W-PER-M2",
    "m/s": "m.s-1 mps meters-per-second metres-per-second meters_per_second M-PER-SEC M/S",
    "Pa": "pascal pascals", "kPa": "kilopascal kilopascals KiloPA kpa KPA", "bar": "BAR bars",
}
CONVERTED: dict[str, tuple[str, float, float, str]] = {   # name: a unit of the engine's, factor and shift over it, spellings
    "degF": ("K", 5.0 / 9.0, 459.67 * 5.0 / 9.0, "F [degF] fahrenheit deg_F DEG_F degrees-fahrenheit °F ºF"),
    "mW": ("W", 1e-3, 0.0, "milliwatt milliwatts"), "GW": ("W", 1e9, 0.0, "gigawatt gigawatts"),
    "BTU/h": ("W", 1055.05585262 / 3600.0, 0.0, "BTU/hr Btu/h [Btu_IT]/h btus-per-hour"),
    "ton": ("W", 12000.0 * 1055.05585262 / 3600.0, 0.0, "TR tons-refrigeration"),   # of refrigeration: 12,000 BTU/h
    "L/s": ("m3/s", 1e-3, 0.0, "l/s LPS lps liters-per-second litres-per-second liters_per_second"),
    "L/h": ("m3/s", 1e-3 / 3600.0, 0.0, "l/h L/hr liters-per-hour"), "m3/min": ("m3/s", 1.0 / 60.0, 0.0, "m³/min m^3/min CMM"),
    "gal/min": ("m3/s", 3.785411784e-3 / 60.0, 0.0, "GPM gpm [gal_us]/min us-gallons-per-minute gallons_per_minute"),
    "1": ("%", 100.0, 0.0, "ratio fraction unitless no-units"), "kV": ("V", 1e3, 0.0, "kilovolts"),
    "kW/m2": ("W/m2", 1e3, 0.0, "kW/m² kW/m^2"), "km/h": ("m/s", 1.0 / 3.6, 0.0, "km/hr kph kilometers-per-hour"),
    "kn": ("m/s", 1852.0 / 3600.0, 0.0, "knot knots kt [kn_i]"), "mph": ("m/s", 0.44704, 0.0, "mi/h [mi_i]/h miles-per-hour"),
}
NAMES = {s: unit for table in (SPELLINGS, {k: v[3] for k, v in CONVERTED.items()}) for unit, text in table.items() for s in (unit, *text.split())}


def unit_named(text: str, known: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Factor and shift to SI of the unit that a source names, of those that can stand for the quantity; None where none is meant."""
    if len(text) > 64:
        return None
    text = text.strip()
    for word in dict.fromkeys((text, text.replace(" ", ""), unicodedata.normalize("NFKC", text).replace(" ", ""))):
        unit = word if word in known else NAMES.get(word, "")
        if unit in known:
            return known[unit]
        if unit in CONVERTED and CONVERTED[unit][0] in known:
            base, factor, shift, _ = CONVERTED[unit]
            scale, offset = known[base]
            return factor * scale, shift * scale + offset
    return None
