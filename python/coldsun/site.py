"""Sites and networks: read by the engine, named as people write them."""

from __future__ import annotations

import copy
from html import escape
from importlib.resources import files
from pathlib import Path

from . import _engine
from .errors import InputError, engine_errors
from .keys import NETWORK, PARTS, Parts, plain


def data_folder() -> Path:
    """Folder of the shipped sites, networks, plates, modules, constellations and job statistics."""
    return Path(str(files("coldsun") / "data"))


class Network(_engine.Network):
    """A network of sites as read from its files; every key of a site can be read and set.

    ``site`` lists the sites by name, ``network.site["masdar"].cooling.cdu.ua``; the network's own keys are attributes, ``network.link[0].latency``.
    Values are SI; a value outside its range is refused with the sentence of the reader, relations between keys are checked by `check`, before a
    run and by `save`. `copy.deepcopy` and `replace` leave the original as it is. Names that point at other files, and tables or elements of lists
    that are not there, are changed in the file.
    """

    _own = NETWORK, "."   # table of the attributes, and whose they are

    @property
    def site(self) -> Parts:
        """The sites, by name or number."""
        return Parts(self, "", [s["name"] for s in self.sites], lambda name: PARTS[""](self, name, ""))

    def replace(self, changes: dict | None = None, /, **more):
        """A copy with keys changed: ``replace({"cooling.cdu.ua": 5e4})`` or ``replace(cooling__cdu__ua=5e4)``, of every site, of one as
        ``"masdar/cooling.cdu.ua"``, or of the network itself as ``"./link[0].latency"``. ``n_field`` and ``t_supply`` [K] do what studies do: so many
        nodes as fields, the supply held."""
        other = copy.deepcopy(self)
        for key, value in ((changes or {}) | {k.replace("__", "."): v for k, v in more.items()}).items():
            other.set(key, plain(value))
        other.check()
        return other

    def save(self, path: str | Path) -> Path:
        """Write as TOML, each value with its unit and source: a ``.toml`` file, or a folder that gets ``NAME.toml``.

        Of a network, sites that are not shipped as they are stand in a folder of their name beside its file; plates and modules that are not shipped
        as they are stand beside their site's file. What is read back is the same network.
        """
        path = Path(path)
        path = path if path.suffix == ".toml" else path / f"{self.name}.toml"
        with engine_errors():
            self.check()
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write(str(path.absolute()))
        return path

    def __deepcopy__(self, memo):
        return type(self)(self)

    def __getattr__(self, name):
        table, owner = type(self)._own
        if name.startswith("_") or name not in PARTS[table].__dict__:
            raise AttributeError(f"{self.name} has no {name!r}")
        return getattr(PARTS[table](self, owner or self.name, ""), name)

    def __setattr__(self, name, value):
        table, owner = type(self)._own
        if name not in PARTS[table].__dict__ or name == "name":
            raise AttributeError(f"{self.name} has no {name!r} that can be set")
        setattr(PARTS[table](self, owner or self.name, ""), name, value)

    def __dir__(self):
        return sorted({*super().__dir__(), *(k for k in PARTS[type(self)._own[0]].__dict__ if not k.startswith("_"))})


class Site(Network):
    """One site: a network of one, whose tables are attributes, ``site.cooling.cdu.ua = 5.2e4`` [W/K]; docs of each attribute say its unit and
    meaning (``help(type(site.cooling.cdu))``), data/KEYS.md lists all of them."""

    _own = "", ""


def load_network(name: str | Path, n_field: int | None = None) -> Network:
    """Read a network or site file, or a shipped one by name ("pilots", "atacama", "masdar").

    Parameters
    ----------
    name : str or path
    n_field : int, optional
        Nodes per site that are resolved as fields, the hottest types first; the others are lumped. As the site says by default.

    Returns
    -------
    Network
        With ``name``, ``title``, ``sites`` (facts as dicts, SI), ``start_ns``, ``inputs_text``, ``describe()``, ``figures()`` (every
        value with where it comes from) and ``doubts()``. A site alone is a `Site`.

    Raises
    ------
    InputError
        One sentence with file, key, value and what is accepted.
    """
    if not isinstance(name, (str, Path)):
        raise InputError(f'name = {name!r}; accepted: the name of a shipped site or network such as "atacama", or the path of a TOML file')
    with engine_errors():
        network = Network(str(Path(name).absolute() if Path(name).is_file() else name), str(data_folder()))
        if len(network.sites) == 1:
            network = Site(network)
        if n_field is not None:
            network.set("n_field", n_field)
    return network


def load_site(name: str | Path, n_field: int | None = None) -> Site:
    """Read one site, shipped by name or from a path: a network of one. Parameters and errors as `load_network`."""
    network = load_network(name, n_field)
    if not isinstance(network, Site):
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
