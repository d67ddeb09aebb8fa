"""Sites and networks: read by the engine, named as people write them."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from . import _engine
from .errors import InputError, engine_errors


def data_folder() -> Path:
    """Folder of the shipped sites, networks, plates, modules, constellations and job statistics."""
    return Path(str(files("coldsun") / "data"))


def load_network(name: str | Path, n_field: int | None = None) -> _engine.Network:
    """Read a network or site file, or a shipped one by name ("pilots", "atacama", "masdar").

    Parameters
    ----------
    name : str or path
    n_field : int, optional
        Nodes per site that are resolved as fields, the hottest types first; the others are lumped. As the site says by default.

    Returns
    -------
    Network
        With ``name``, ``title``, ``sites`` (facts as dicts, SI), ``start_ns``, ``inputs_text``, ``describe()``, ``describe_json()`` (every
        value with where it comes from) and ``doubts()``.

    Raises
    ------
    InputError
        One sentence with file, key, value and what is accepted.
    """
    if not isinstance(name, (str, Path)):
        raise InputError(f'name = {name!r}; accepted: the name of a shipped site or network such as "atacama", or the path of a TOML file')
    with engine_errors():
        network = _engine.load_network(str(Path(name).absolute() if Path(name).is_file() else name), str(data_folder()))
        return network if n_field is None else network.changed("n_field", n_field)


def load_site(name: str | Path, n_field: int | None = None) -> _engine.Network:
    """Read one site, shipped by name or from a path: a network of one. Parameters and errors as `load_network`."""
    network = load_network(name, n_field)
    if len(network.sites) != 1:
        raise InputError(f"{name}: a network of {len(network.sites)} sites; accepted here: one site (use load_network)")
    return network


def place(facts: dict) -> str:
    """Where a site lies: 22.920 S 69.910 W, 1,635 m."""
    north, east = facts["latitude"], facts["longitude"]
    return f"{abs(north):.3f} {'S' if north < 0 else 'N'} {abs(east):.3f} {'W' if east < 0 else 'E'}, {facts['altitude']:,.0f} m"


def table_html(caption: str, head: list[str], rows: list[list[str]]) -> str:
    """A small HTML table, for notebooks."""
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><caption><b>{escape(caption)}</b></caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _network_html(self) -> str:
    """Short view for notebooks: one line per site."""
    rows = [[s["name"], place(s), f"{s['p_it_max'] / 1e6:.2f} MW", f"{s['p_pv_stc'] / 1e6:.2f} MWp", f"{s['battery_capacity'] / 3.6e9:.2f} MWh",
             f"{s['n_node']} ({s['n_field']} as fields)"] for s in self.sites]
    return table_html(self.title, ["site", "place", "IT", "PV", "battery", "nodes"], rows)


_engine.Network._repr_html_ = _network_html
