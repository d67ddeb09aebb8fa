"""Spellings of units in metadata (engUnit), mapped to the units of the engine."""

from __future__ import annotations

import re
import unicodedata

# Spellings of DSX Exchange's guide, UCUM, QUDT/Brick, Project Haystack, BACnet's engineering units, and common usage, by unit of the engine
# (core/site/units.cpp). CONVERTED: units that the engine lacks, with factor and shift to one that it has.
SPELLINGS: dict[str, str] = {
    "degC": "C Cel celsius deg_C DEG_C degrees-celsius degreesCelsius degree_celsius degree-Celsius °C ºC",
    "K": "kelvin KEL Kel degrees-kelvin",
    "W": "watt watts Watt J/s", "kW": "kw KW Kw kilowatt kilowatts KiloW kiloW", "MW": "megawatt megawatts MegaW",
    "L/min": "LPM lpm l/min Lpm L/M L/MIN liters-per-minute litres-per-minute liters_per_minute L-PER-MIN LitrePerMinute dm3/min "
             "liters/min litres/min liter/min litre/min liter-per-minute litre-per-minute",
    "m3/h": "m3/hr m³/h m³/hr CMH cmh m^3/h cubic-meters-per-hour cubic_meters_per_hour M3-PER-HR",
    "m3/s": "m³/s m^3/s CMS cubic-meters-per-second cubic_meters_per_second M3-PER-SEC",
    "%": "percent Percent PERCENT pct % percent-relative-humidity",
    "V": "volt volts Volt", "mV": "millivolt millivolts MilliV",
    "W/m2": "W/m² W/m^2 W.m-2 W/sqm watts-per-square-meter watts_per_square_meter watts-per-square-metre W-PER-M2",
    "m/s": "m.s-1 mps meters-per-second metres-per-second meters_per_second M-PER-SEC M/S",
    "Pa": "pascal pascals", "kPa": "kilopascal kilopascals KiloPA kpa KPA", "bar": "BAR bars",
}
CONVERTED: dict[str, tuple[str, float, float, str]] = {   # name: unit of the engine, factor, shift, spellings
    "degF": ("K", 5.0 / 9.0, 459.67 * 5.0 / 9.0, "F [degF] fahrenheit deg_F DEG_F degrees-fahrenheit °F ºF"),
    "mW": ("W", 1e-3, 0.0, "milliwatt milliwatts MilliW"), "GW": ("W", 1e9, 0.0, "gigawatt gigawatts GigaW"),
    "BTU/h": ("W", 1055.05585262 / 3600.0, 0.0, "BTU/hr Btu/h [Btu_IT]/h btus-per-hour BTU_IT-PER-HR"),
    "ton": ("W", 12000.0 * 1055.05585262 / 3600.0, 0.0, "TR tons-refrigeration"),   # 12,000 BTU/h
    "L/s": ("m3/s", 1e-3, 0.0, "l/s LPS lps liters-per-second litres-per-second liters_per_second L-PER-SEC liters/s"),
    "L/h": ("m3/s", 1e-3 / 3600.0, 0.0, "l/h L/hr liters-per-hour LPH L-PER-HR liters/h"), "m3/min": ("m3/s", 1.0 / 60.0, 0.0, "m³/min m^3/min CMM"),
    "gal/min": ("m3/s", 3.785411784e-3 / 60.0, 0.0, "GPM gpm [gal_us]/min us-gallons-per-minute gallons_per_minute GAL_US-PER-MIN"),
    "cfm": ("m3/s", 0.028316846592 / 60.0, 0.0, "ft3/min ft^3/min [cft_i]/min cubic-feet-per-minute FT3-PER-MIN"),
    "1": ("%", 100.0, 0.0, "ratio fraction unitless no-units"), "kV": ("V", 1e3, 0.0, "kilovolt kilovolts KiloV"),
    "kW/m2": ("W/m2", 1e3, 0.0, "kW/m² kW/m^2 KiloW-PER-M2"), "km/h": ("m/s", 1.0 / 3.6, 0.0, "km/hr kph kilometers-per-hour KiloM-PER-HR"),
    "kn": ("m/s", 1852.0 / 3600.0, 0.0, "knot knots kt [kn_i]"), "mph": ("m/s", 0.44704, 0.0, "mi/h [mi_i]/h miles-per-hour MI-PER-HR"),
}
NAMES = {s: unit for table in (SPELLINGS, {k: v[3] for k, v in CONVERTED.items()}) for unit, text in table.items() for s in (unit, *text.split())}



def _folded(word: str) -> str:
    """Lower case without blanks, hyphens and underscores; seconds, minutes and hours after a slash by their symbols."""
    word = re.sub(r"[ _-]", "", word).casefold()
    return re.sub(r"/(s|min|h)(?:ec|econd|ute|r|our)$", r"/\1", word)


_MEANT: dict[str, set[str]] = {}
for _name, _unit in NAMES.items():
    _MEANT.setdefault(_folded(_name), set()).add(_unit)
# Only the capital distinguishes mW from MW and mV from MV: these are not folded.
FOLDED = {word: next(iter(units)) for word, units in _MEANT.items() if len(units) == 1 and word not in ("mw", "mv")}


def meanings(text: str) -> list[str]:
    """Candidate units of a text, best first; none above 64 characters.

    >>> meanings("degrees-celsius")[0], meanings("LPM")[0]
    ('degC', 'L/min')
    """
    if len(text) > 64:
        return []
    text = text.strip()
    plain = re.sub(r"^(unit:|https?://qudt\.org/vocab/unit/)", "", unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("**", "^"))
    # CF and UCUM write m s-1 and m.s-1 for m/s
    stroke = re.sub(r"^([A-Za-z0-9^]+)[ .*\u00b7\u22c5]([A-Za-z]+)\^?-([123])$", lambda m: f"{m[1]}/{m[2]}{m[3] if m[3] > '1' else ''}", plain)
    words = dict.fromkeys((text, text.replace(" ", ""), plain, plain.replace(" ", ""), stroke))
    found = [NAMES.get(word, word) for word in words] + [FOLDED[fold] for fold in map(_folded, words) if fold in FOLDED]
    return list(dict.fromkeys(found))


def unit_named(text: str, known: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Factor and shift to SI of a unit in any spelling, among the `known` units of the quantity; None where it is none of them.

    >>> unit_named("Celsius", {"degC": (1.0, 273.15)})
    (1.0, 273.15)
    """
    for unit in meanings(text):
        if unit in known:
            return known[unit]
        if unit in CONVERTED and CONVERTED[unit][0] in known:
            base, factor, shift, _ = CONVERTED[unit]
            scale, offset = known[base]
            return factor * scale, shift * scale + offset
    return None


def names_unit(text: str) -> bool:
    """Whether a text is a known unit of any quantity."""
    return any(unit in SPELLINGS or unit in CONVERTED for unit in meanings(text))
