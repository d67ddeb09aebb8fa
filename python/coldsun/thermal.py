"""Thermal: coolants, channels and cold plates on arrays, in SI (K, m3/s, Pa, K/W).

All functions broadcast as NumPy does, take pandas Series and xarray DataArrays and return the same; NaN stays NaN, and a temperature outside
the range of the coolants' correlations, 0 to 90 degrees C, gives NaN. They run on all threads without the GIL.
"""

from __future__ import annotations

import numpy as np

from . import _engine
from .arrays import evaluate, not_negative, positive, require, table
from .errors import InputError
from .site import load_network

__all__ = ["Plate", "coolant_properties", "nusselt", "plate", "pressure_drop"]


def coolant_properties(temperature, coolant="pg25"):
    """Properties of a coolant at atmospheric pressure.

    Parameters
    ----------
    temperature : K, 273.15 to 363.15; any shape
    coolant : "water" or "pg25" (propylene glycol and water, 25 % by mass)

    Returns
    -------
    dict of arrays, DataFrame for a Series, Dataset for a DataArray
        rho [kg/m3], mu (dynamic viscosity) [Pa s], k [W/(m K)], cp [J/(kg K)], prandtl [1]; NaN outside the range

    Raises
    ------
    InputError
        another coolant, or values that are not numbers

    References
    ----------
    Water: Kell 1975, doi 10.1021/je60064a005; IAPWS SR6-08(2011), doi 10.1063/1.3043575. pg25: Melinder 2010

    Examples
    --------
    >>> import coldsun as cs
    >>> water = cs.thermal.coolant_properties([293.15, 313.15], "water")
    >>> water["rho"].round(1), (1e6 * water["mu"]).round(1)
    (array([998.2, 992.2]), array([1001.6,  652.7]))
    """
    columns = evaluate(lambda c, n: _engine.thermal.coolant(c, n, str(coolant)), dict(temperature=temperature), 5)
    return table(dict(zip(("rho", "mu", "k", "cp", "prandtl"), columns)))


def nusselt(reynolds, prandtl, aspect=1.0, length=np.inf):
    """Mean Nusselt number of a rectangular channel from its inlet on, heated at constant flux, on the hydraulic diameter.

    Laminar below a Reynolds number of 2300 with its developing inlet, turbulent from 4000 on, blended linearly between.

    Parameters
    ----------
    reynolds, prandtl : on the hydraulic diameter
    aspect : short side by long side, above 0 and up to 1
    length : heated length by hydraulic diameter; infinite: developed

    Returns
    -------
    Nusselt number in the form of the inputs, which broadcast

    Raises
    ------
    InputError
        for an aspect outside (0, 1], a negative reynolds, a prandtl or length of 0 or less

    References
    ----------
    Shah and London 1978, eqs. 317 and 346; Churchill and Usagi 1972, doi 10.1002/aic.690180606; Gnielinski 1976 and 2013,
    doi 10.1016/j.ijheatmasstransfer.2013.04.015

    Examples
    --------
    >>> import coldsun as cs
    >>> cs.thermal.nusselt([500.0, 500.0, 10000.0], 5.0, aspect=0.1, length=[np.inf, 100.0, np.inf]).round(2)
    array([ 6.79,  7.26, 69.91])
    """
    not_negative(reynolds=reynolds)
    positive(prandtl=prandtl, length=length)
    require("aspect", aspect, lambda a: (a > 0.0) & (a <= 1.0), "above 0 and up to 1, short side by long side")
    return evaluate(_engine.thermal.nusselt, dict(reynolds=reynolds, prandtl=prandtl, aspect=aspect, length=length), 1)[0]


def pressure_drop(flow, width, height, count, length, temperature=313.15, *, minor_loss=0.0, coolant="pg25"):
    """Pressure drop of parallel rectangular channels, laminar (developing) to turbulent.

    Parameters
    ----------
    flow : through all channels together [m3/s]; its sign does not matter
    width, height, count, length : of one channel [m], channels side by side, [m]
    temperature : of the coolant [K]
    minor_loss : sum of loss coefficients of inlet, outlet and manifold, on the channel's velocity head
    coolant : "water" or "pg25"

    Returns
    -------
    pressure drop [Pa] in the form of the inputs, which broadcast

    Raises
    ------
    InputError
        for a dimension or count of 0 or less, a negative minor_loss, another coolant

    References
    ----------
    Shah and London 1978, eq. 341; Copeland 2000, 16th IEEE SEMI-THERM; Petukhov 1970

    Examples
    --------
    >>> import coldsun as cs
    >>> one_litre_a_minute = 1e-3 / 60
    >>> float(cs.thermal.pressure_drop(one_litre_a_minute, 150e-6, 2e-3, 95, 28.5e-3).round(0))
    12793.0
    """
    positive(width=width, height=height, count=count, length=length)
    not_negative(minor_loss=minor_loss)
    inputs = dict(flow=flow, width=width, height=height, count=count, length=length, temperature=temperature, minor_loss=minor_loss)
    return evaluate(lambda columns, n: _engine.thermal.pressure_drop(columns, n, str(coolant)), inputs, 1)[0]


class Plate:
    """A cold plate with the data of the twin: resistance and pressure drop against flow. Made by `plate`.

    Attributes ``name``, ``coolant``, ``length``, ``width`` [m], ``flow_min``, ``flow_max`` (range of its flow) [m3/s].

    >>> import coldsun as cs
    >>> cs.thermal.plate("gpu_700w")
    <Plate gpu_700w: 28.5 x 28.5 mm, pg25, 0.4 to 2.4 L/min>
    """

    def __init__(self, engine_plate):
        self._plate = engine_plate
        for name in ("name", "coolant", "length", "width", "flow_min", "flow_max"):
            setattr(self, name, getattr(engine_plate, name))

    def __repr__(self) -> str:
        return (f"<Plate {self.name}: {1e3 * self.length:.4g} x {1e3 * self.width:.4g} mm, {self.coolant}, {6e4 * self.flow_min:.3g} to "
                f"{6e4 * self.flow_max:.3g} L/min>")

    def resistance(self, flow, temperature=313.15, tim_factor=1.0):
        """Steady-state thermal resistance from the hottest point of the power plane to the coolant inlet [K/W].

        Of the resolved plate: 8 x 16 columns with power map, fins, spreading, film, and temperature rise of the coolant.

        Parameters
        ----------
        flow : of one plate [m3/s]
        temperature : mean temperature of the coolant [K], for the properties of the film
        tim_factor : resistance of the interface material over its value in the plate file

        Returns
        -------
        resistance [K/W] in the form of the inputs, which broadcast

        Raises
        ------
        InputError
            for a flow or tim_factor of 0 or less, a temperature outside 273.15 to 363.15 K

        References
        ----------
        Finite volumes with two temperatures a column, kernels/thermal/README.md; film: `nusselt`

        Examples
        --------
        >>> import coldsun as cs
        >>> plate = cs.thermal.plate("gpu_700w")
        >>> plate.resistance([0.8e-3 / 60, 1.6e-3 / 60]).round(4)
        array([0.0568, 0.0492])
        """
        positive(flow=flow, tim_factor=tim_factor)
        require("temperature", temperature, lambda t: (t >= 273.15) & (t <= 363.15), "273.15 to 363.15 K")
        inputs = dict(flow=flow, temperature=temperature, tim_factor=tim_factor)
        return evaluate(lambda columns, n: [self._plate.resistance(columns, n)], inputs, 1)[0]

    def pressure_drop(self, flow, temperature=313.15):
        """Pressure drop of the plate [Pa] at a flow [m3/s] and coolant temperature [K]; errors and source as the function `pressure_drop`.

        >>> import coldsun as cs
        >>> float(cs.thermal.plate("gpu_700w").pressure_drop(1e-3 / 60).round(0))
        13052.0
        """
        p = self._plate
        return pressure_drop(flow, p.channel_width, p.channel_height, p.channel_count, p.length, temperature, minor_loss=p.minor_loss,
                             coolant=p.coolant)


def plate(name: str, site="atacama") -> Plate:
    """A cold plate of a site, by name.

    Parameters
    ----------
    name : "gpu_700w", or the name of another plate of the site
    site : site or network with the plate: name, path, or result of `load_site`; its coolant supply temperature is the plate's design point

    Raises
    ------
    InputError
        the site cannot be read or has no plate of that name

    Examples
    --------
    >>> import coldsun as cs
    >>> cs.thermal.plate("gpu_700w").coolant
    'pg25'
    """
    if not isinstance(name, str):
        raise InputError(f"name = {name!r}; accepted: the name of a plate, such as 'gpu_700w'")
    network = site if isinstance(site, _engine.Network) else load_network(site)
    return Plate(_engine.thermal.plate(network, name))
