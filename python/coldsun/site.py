"""Sites and networks: reading, changing and saving their files."""

from __future__ import annotations

import copy
from html import escape
from importlib.resources import files
from pathlib import Path

from . import _engine
from .errors import InputError, engine_errors
from .keys import NETWORK, PARTS, Parts, plain


def data_folder() -> Path:
    """Folder of the shipped sites, networks, plates, modules, constellations and job statistics.

    >>> import coldsun as cs
    >>> (cs.data_folder() / "sites" / "small.toml").is_file()
    True
    """
    return Path(str(files("coldsun") / "data"))


class Network(_engine.Network):
    """A network of sites, read from its files; every key of a site can be read and set, in SI.

    ``site`` lists the sites: ``network.site["masdar"].cooling.cdu.ua``; keys of the network itself are attributes: ``network.link[0].latency``.
    `copy.deepcopy` and `replace` give an independent copy. Names of other files, and missing tables or list elements, can be changed only in the
    file. Made by `load_network`.

    Raises InputError where a value is set outside its range; `check`, `save` and a run also check relations between keys.

    >>> import coldsun as cs
    >>> network = cs.load_network("pilots")
    >>> network.site["masdar"].cooling.cdu.ua = 1.7e5      # W/K
    >>> network.site.names(), network.site["masdar"].cooling.cdu.ua
    (['atacama', 'masdar'], 170000.0)
    """

    _own = NETWORK, "."   # table of the attributes, and whose they are

    @property
    def site(self) -> Parts:
        """Sites of the network, by name or number."""
        return Parts(self, "", [s["name"] for s in self.sites], lambda name: PARTS[""](self, name, ""))

    def replace(self, changes: dict | None = None, /, **more):
        """A copy with changed keys [SI], of every site, of one: ``"masdar/cooling.cdu.ua"``, or of the network: ``"./link[0].latency"``.

        InputError for an unknown key or an invalid value.

        Two names are no keys: ``n_field``, number of nodes with a resolved plate, and ``t_supply``, constant coolant supply temperature [K].

        >>> import coldsun as cs
        >>> site = cs.load_site("small")
        >>> site.replace({"cooling.cdu.ua": 9e4}, jobs__load=0.5).cooling.cdu.ua, site.cooling.cdu.ua
        (90000.0, 80000.0)
        """
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
    """A network of one site, whose tables are attributes; made by `load_site`.

    ``help(type(site.cooling.cdu))`` gives unit, accepted values and meaning of each key; data/KEYS.md lists all keys. InputError where a
    value is set outside its range, AttributeError for an unknown name.

    >>> import coldsun as cs
    >>> site = cs.load_site("small")
    >>> site.cooling.cdu.ua = 5.2e4      # W/K
    >>> site.cooling.cdu.ua, "W/K" in type(site.cooling.cdu).ua.__doc__
    (52000.0, True)
    """

    _own = "", ""


def load_network(name: str | Path, n_field: int | None = None) -> Network:
    """Read a network or site: a shipped one by name, or a TOML file.

    Parameters
    ----------
    name : str or path
        "pilots", "atacama", "masdar" or "small", or the path of a file.
    n_field : int, optional
        Number of nodes per site with a resolved plate, the hottest types first; all others are lumped. By default the value from the site file.

    Returns
    -------
    Network or Site
        With ``name``, ``title``, ``sites`` (facts as dicts, SI), ``start_ns``, ``inputs_text``, ``describe()``, ``figures()`` (every
        value with its source) and ``doubts()``.

    Raises
    ------
    InputError
        The file is missing or invalid; the text names file, key, value and accepted values.

    Examples
    --------
    >>> import coldsun as cs
    >>> [site["name"] for site in cs.load_network("pilots").sites]
    ['atacama', 'masdar']
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
    """Read one site: a shipped one by name, or a TOML file. Parameters and errors as `load_network`; InputError for a network of several sites.

    >>> import coldsun as cs
    >>> cs.load_site("small").title
    'Example: 64 nodes near Almeria, Spain'
    """
    network = load_network(name, n_field)
    if not isinstance(network, Site):
        raise InputError(f"{name}: a network of {len(network.sites)} sites; accepted: one site (load_network reads a network)")
    return network


def place(facts: dict) -> str:
    """Location of a site as text, from its facts.

    >>> place({"latitude": -22.92, "longitude": -69.91, "altitude": 1635})
    '22.920 S 69.910 W, 1,635 m'
    """
    north, east = facts["latitude"], facts["longitude"]
    return f"{abs(north):.3f} {'S' if north < 0 else 'N'} {abs(east):.3f} {'W' if east < 0 else 'E'}, {facts['altitude']:,.0f} m"


def table_html(caption: str, head: list[str], rows: list[list[str]]) -> str:
    """An HTML table for notebooks."""
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><caption><b>{escape(caption)}</b></caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _network_html(self) -> str:
    """Short view for notebooks: one line per site."""
    rows = [[s["name"], place(s), f"{s['p_it_max'] / 1e6:.2f} MW", f"{s['p_pv_stc'] / 1e6:.2f} MWp", f"{s['battery_capacity'] / 3.6e9:.2f} MWh",
             f"{s['n_node']} ({s['n_field']} resolved)"] for s in self.sites]
    return table_html(self.title, ["site", "location", "IT", "PV", "battery", "nodes"], rows)


_engine.Network._repr_html_ = _network_html
