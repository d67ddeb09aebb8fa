"""Sky: the Sun, clear sky, planes of array and cells on arrays, with the names, signatures and units of pvlib.

All functions broadcast as NumPy does, take pandas Series and xarray DataArrays and return the same; NaN stays NaN. They run on all threads
without the GIL. Angles are degrees, temperatures degrees Celsius, as in pvlib.
"""

from .cells import faiman, physical, pvsyst_cell, sapm_cell
from .light import erbs, get_absolute_airmass, get_extra_radiation, get_relative_airmass, get_total_irradiance, ineichen
from .sun import get_solarposition, solarposition

__all__ = ["erbs", "faiman", "get_absolute_airmass", "get_extra_radiation", "get_relative_airmass", "get_solarposition", "get_total_irradiance",
           "ineichen", "physical", "pvsyst_cell", "sapm_cell", "solarposition"]


def __dir__() -> list[str]:
    return __all__
