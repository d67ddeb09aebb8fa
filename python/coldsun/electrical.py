"""Electrical: the single-diode model of a PV module on arrays, with the names and signatures of pvlib.

All functions broadcast as NumPy does, take pandas Series and xarray DataArrays and return the same; NaN stays NaN. They run on all threads
without the GIL. Source of the model: De Soto et al. 2006, doi 10.1016/j.solener.2005.06.010; solved with the diode voltage as the unknown
after Bishop 1988, doi 10.1016/0379-6787(88)90059-2.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.constants import zero_Celsius

from . import _engine
from .arrays import evaluate, not_negative, positive, table
from .errors import InputError

__all__ = ["calcparams_cec", "i_from_v", "singlediode", "v_from_i"]

_METHODS = ("brentq", "chandrupatla", "lambertw", "newton")
_POINTS = ("i_sc", "v_oc", "i_mp", "v_mp", "p_mp", "i_x", "i_xx")


def _curve(photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method: str) -> dict:
    """The five parameters by name; InputError where no curve has them."""
    if str(method).lower() not in _METHODS:
        raise InputError(f"method = {method!r}; accepted: {', '.join(_METHODS)} (one solution serves them all)")
    positive(saturation_current=saturation_current, resistance_shunt=resistance_shunt, nNsVth=nNsVth)
    not_negative(resistance_series=resistance_series)
    return dict(photocurrent=photocurrent, saturation_current=saturation_current, resistance_series=resistance_series,
                resistance_shunt=resistance_shunt, nNsVth=nNsVth)


def _parameters(columns: list[np.ndarray], n: int) -> list[np.ndarray]:
    return _engine.electrical.calcparams_cec([columns[0], columns[1] + zero_Celsius, *columns[2:]], n)   # the kernel's temperatures are kelvin


def calcparams_cec(effective_irradiance, temp_cell, alpha_sc, a_ref, I_L_ref, I_o_ref, R_sh_ref, R_s, Adjust, EgRef=1.121,
                   dEgdT=-0.0002677, irrad_ref=1000, temp_ref=25):
    """Parameters of the single-diode curve at an irradiance and a cell temperature, by the CEC model.

    Parameters as in ``pvlib.pvsystem.calcparams_cec``: irradiance [W/m2], temp_cell [degC], alpha_sc [A/K], a_ref [V], I_L_ref and I_o_ref
    [A], R_sh_ref and R_s [ohm], Adjust [percent]. All broadcast. The reference conditions and the band gap are the model's own and cannot be
    changed.

    Returns
    -------
    tuple of photocurrent [A], saturation_current [A], resistance_series [ohm], resistance_shunt [ohm], nNsVth [V]
        Without light the shunt resistance is infinite.

    Raises
    ------
    InputError
        a reference value other than the model's, shapes that do not broadcast, or values that are not numbers

    References
    ----------
    De Soto et al. 2006, doi 10.1016/j.solener.2005.06.010; Dobos 2012, doi 10.1115/1.4005759

    Examples
    --------
    >>> import coldsun as cs
    >>> five = cs.electrical.calcparams_cec(800.0, 45.0, 0.0057072, 1.80382, 13.937, 1.47e-11, 139.433, 0.169931, 5.40163)
    >>> [f"{x:.4g}" for x in five]
    ['11.24', '3.453e-10', '0.1699', '174.3', '1.925']
    """
    fixed = dict(EgRef=(EgRef, 1.121), dEgdT=(dEgdT, -0.0002677), irrad_ref=(irrad_ref, 1000), temp_ref=(temp_ref, 25))
    for name, (value, model) in fixed.items():
        if value != model:
            raise InputError(f"{name} = {value}; accepted: {model}, the CEC model's own")
    inputs = dict(effective_irradiance=effective_irradiance, temp_cell=temp_cell, alpha_sc=alpha_sc, a_ref=a_ref, I_L_ref=I_L_ref,
                  I_o_ref=I_o_ref, R_sh_ref=R_sh_ref, R_s=R_s, Adjust=Adjust)
    return tuple(evaluate(_parameters, inputs, 5))


def singlediode(photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method="lambertw"):
    """Key points of single-diode curves.

    Parameters as in ``pvlib.pvsystem.singlediode``: photocurrent and saturation_current [A], resistance_series and resistance_shunt [ohm],
    nNsVth [V]; all broadcast. ``method`` is accepted for pvlib's sake: one solution, exact to rounding, serves every method.

    Returns
    -------
    DataFrame with a row per point; dict of floats for numbers, of arrays for more than one dimension; Dataset for DataArrays
        i_sc, v_oc, i_mp, v_mp, p_mp, i_x (at half of v_oc), i_xx (midway between v_mp and v_oc); [A], [V], [W].
        A curve with a photocurrent of 1e-15 A or less is dark: zeros.

    Raises
    ------
    InputError
        saturation_current, resistance_shunt or nNsVth of 0 or less, or resistance_series below 0

    References
    ----------
    Bishop 1988, doi 10.1016/0379-6787(88)90059-2

    Examples
    --------
    >>> import coldsun as cs
    >>> points = cs.electrical.singlediode(11.24, 2.93e-10, 0.17, 174.3, 1.925)
    >>> f"{points['p_mp']:.1f} W at {points['v_mp']:.2f} V, open {points['v_oc']:.2f} V"
    '411.2 W at 39.24 V, open 46.87 V'
    """
    inputs = _curve(photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method)
    columns = dict(zip(_POINTS, evaluate(_engine.electrical.singlediode, inputs, 7)))
    return pd.DataFrame(columns) if np.ndim(columns["p_mp"]) == 1 and isinstance(columns["p_mp"], np.ndarray) else table(columns)


def i_from_v(voltage, photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method="lambertw"):
    """Current of single-diode curves at a terminal voltage.

    Parameters as in ``pvlib.pvsystem.i_from_v``: voltage [V], the rest as in `singlediode`; all broadcast. Any voltage is solved: in reverse
    (without breakdown), and far above the open circuit.

    Returns
    -------
    current [A], in the form of the inputs

    Raises
    ------
    InputError
        as in `singlediode`

    References
    ----------
    Bishop 1988, doi 10.1016/0379-6787(88)90059-2

    Examples
    --------
    >>> import coldsun as cs
    >>> cs.electrical.i_from_v([-10.0, 0.0, 40.0], 11.24, 2.93e-10, 0.17, 174.3, 1.925).round(3)
    array([11.286, 11.229, 10.235])
    """
    inputs = dict(voltage=voltage, **_curve(photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method))
    return evaluate(_engine.electrical.i_from_v, inputs, 1)[0]


def v_from_i(current, photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method="lambertw"):
    """Voltage of single-diode curves at a terminal current.

    Parameters as in ``pvlib.pvsystem.v_from_i``: current [A], the rest as in `singlediode`; all broadcast.

    Returns
    -------
    voltage [V], in the form of the inputs; beyond the short-circuit current it is negative

    Raises
    ------
    InputError
        as in `singlediode`

    References
    ----------
    Bishop 1988, doi 10.1016/0379-6787(88)90059-2

    Examples
    --------
    >>> import coldsun as cs
    >>> float(cs.electrical.v_from_i(0.0, 11.24, 2.93e-10, 0.17, 174.3, 1.925).round(2))
    46.87
    """
    inputs = dict(current=current, **_curve(photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth, method))
    return evaluate(_engine.electrical.v_from_i, inputs, 1)[0]
