"""PV modules: cell temperature, and incidence angle modifier of the glass."""

from __future__ import annotations

from .. import _engine
from ..arrays import evaluate, positive

_SAPM, _PVSYST, _FAIMAN = 0, 1, 2


def _cell(model: int, inputs: dict):
    spare = {f"unused_{k}": 0.0 for k in range(7 - len(inputs))}
    return evaluate(lambda columns, n: _engine.sky.cell(columns, n, model), inputs | spare, 1)[0]


def faiman(poa_global, temp_air, wind_speed=1.0, u0=25.0, u1=6.84):
    """Cell temperature [degC] by Faiman, as ``pvlib.temperature.faiman``.

    Parameters
    ----------
    poa_global, temp_air, wind_speed : W/m2, degC, m/s at the module's height
    u0, u1 : W/(m2 K), W s/(m3 K)

    Returns
    -------
    temperature [degC] in the form of the inputs, which broadcast

    Raises
    ------
    InputError
        for shapes that do not broadcast

    References
    ----------
    Faiman 2008, doi 10.1002/pip.813

    Examples
    --------
    >>> import coldsun as cs
    >>> float(cs.sky.faiman(800.0, 25.0, wind_speed=3.0).round(2))
    42.57
    """
    return _cell(_FAIMAN, dict(poa_global=poa_global, temp_air=temp_air, wind_speed=wind_speed, u0=u0, u1=u1))


def sapm_cell(poa_global, temp_air, wind_speed, a, b, deltaT, irrad_ref=1000.0):
    """Cell temperature [degC] by the Sandia model, as ``pvlib.temperature.sapm_cell``.

    Parameters
    ----------
    poa_global, temp_air, wind_speed : W/m2, degC, m/s at 10 m
    a, b, deltaT : of the module and its mount; [1], [s/m], [K] at irrad_ref [W/m2]

    Returns
    -------
    temperature [degC] in the form of the inputs, which broadcast

    Raises
    ------
    InputError
        for an irrad_ref of 0 or less, for shapes that do not broadcast

    References
    ----------
    King, Boyson and Kratochvil 2004, SAND2004-3535, eq. 11 and 12

    Examples
    --------
    >>> import coldsun as cs
    >>> float(cs.sky.sapm_cell(800.0, 25.0, 3.0, a=-3.56, b=-0.075, deltaT=3.0).round(2))
    45.57
    """
    positive(irrad_ref=irrad_ref)
    return _cell(_SAPM, dict(poa_global=poa_global, temp_air=temp_air, wind_speed=wind_speed, a=a, b=b, deltaT=deltaT * (1000.0 / irrad_ref)))


def pvsyst_cell(poa_global, temp_air, wind_speed=1.0, u_c=29.0, u_v=0.0, module_efficiency=0.1, alpha_absorption=0.9):
    """Cell temperature [degC] as PVsyst has it, as ``pvlib.temperature.pvsyst_cell``.

    Parameters
    ----------
    poa_global, temp_air, wind_speed : W/m2, degC, m/s
    u_c, u_v : W/(m2 K), W s/(m3 K)
    module_efficiency, alpha_absorption : shares of the light

    Returns
    -------
    temperature [degC] in the form of the inputs, which broadcast

    Raises
    ------
    InputError
        for shapes that do not broadcast

    References
    ----------
    PVsyst help, array thermal losses

    Examples
    --------
    >>> import coldsun as cs
    >>> float(cs.sky.pvsyst_cell(800.0, 25.0).round(2))
    47.34
    """
    return _cell(_PVSYST, dict(poa_global=poa_global, temp_air=temp_air, wind_speed=wind_speed, u_c=u_c, u_v=u_v,
                               module_efficiency=module_efficiency, alpha_absorption=alpha_absorption))


def physical(aoi, n=1.526, K=4.0, L=0.002, *, n_ar=None):
    """Incidence angle modifier of a module's glass, as ``pvlib.iam.physical``.

    Parameters
    ----------
    aoi : angle of incidence [degrees]
    n, K, L : refractive index, extinction [1/m] and thickness [m] of the glass
    n_ar : refractive index of a coating; None: none

    Returns
    -------
    transmittance relative to normal incidence, in the form of the inputs; 0 from 90 degrees on

    Raises
    ------
    InputError
        for an n or n_ar of 0 or less, for shapes that do not broadcast

    References
    ----------
    De Soto et al. 2006, doi 10.1016/j.solener.2005.06.010; Duffie and Beckman 2006, sections 5.2 and 5.3

    Examples
    --------
    >>> import coldsun as cs
    >>> cs.sky.physical([0.0, 60.0, 80.0, 100.0]).round(3)
    array([1.   , 0.946, 0.634, 0.   ])
    """
    coating = 1.0 if n_ar is None else n_ar
    positive(n=n, n_ar=coating)
    return evaluate(_engine.sky.iam_physical, dict(aoi=aoi, n=n, K=K, L=L, n_ar=coating), 1)[0]
