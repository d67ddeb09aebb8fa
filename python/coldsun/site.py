"""Sites and networks: read by the engine, named as people write them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from . import _engine
from .errors import InputError


def data_folder() -> Path:
    """Folder of the shipped sites, networks, plates, modules, constellations and job statistics."""
    return Path(str(files("coldsun") / "data"))


def load_network(name: str | Path) -> _engine.Network:
    """Read a network or site file, or a shipped one by name ("pilots", "atacama", "masdar").

    Returns
    -------
    Network
        With ``name``, ``sites`` (facts as dicts), ``start_ns``, ``describe()`` and ``provenance()``.

    Raises
    ------
    InputError
        One sentence with file, key, value and what is accepted.
    """
    try:
        return _engine.load_network(str(name), str(data_folder()))
    except _engine.InputError as error:
        raise InputError(str(error)) from None


def load_site(name: str | Path) -> _engine.Network:
    """Read one site, shipped by name or from a path: a network of one. Errors as `load_network`."""
    network = load_network(name)
    if len(network.sites) != 1:
        raise InputError(f"{name}: a network of {len(network.sites)} sites; accepted here: one site (use load_network)")
    return network
