"""Attributes of a site, made from the engine's table of keys: one class per table, one documented property per key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import _engine

NETWORK = "@"   # the table of a network's own keys


def plain(value):
    """A value of NumPy or pandas as a Python number or list."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return list(value) if isinstance(value, tuple) else value


class Part:
    """One table of a site; its attributes are the keys, in SI.

    InputError where a value is set outside its range, AttributeError for an unknown name.
    """

    __slots__ = ("_network", "_path", "_site")

    def __init__(self, network, site: str, path: str):
        for name, value in (("_network", network), ("_site", site), ("_path", path)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        if not isinstance(getattr(type(self), name, None), property):
            raise AttributeError(f"{self._path or self._site} has no {name!r}; accepted: {', '.join(k for k in dir(self) if not k.startswith('_'))}")
        object.__setattr__(self, name, value)

    def __repr__(self):
        values = self._network.values(self._site)
        head = f"{self._path}." if self._path else ""
        here = {k.removeprefix(head): v for k, v in values.items() if k.startswith(head) and "." not in k.removeprefix(head)}
        return f"<{self._path or self._site}: {', '.join(f'{k} = {v}' for k, v in here.items())}>"


class Parts:
    """A list of tables, by name or number; KeyError for an unknown name.

    >>> import coldsun as cs
    >>> node = cs.load_site("small").hall.node
    >>> node["h200"].n_node == node[0].n_node == 64
    True
    """

    def __init__(self, network, path: str, names: list[str], make: Callable):
        self._path, self._names, self._make = path, names, make

    def names(self) -> list[str]:
        """Names in the order of the file."""
        return list(self._names)

    def __getitem__(self, which):
        name = which if isinstance(which, str) else self._names[which]
        if name not in self._names:
            raise KeyError(f"{which!r}; accepted: {', '.join(self._names)}")
        return self._make(name)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator:
        return (self._make(name) for name in self._names)

    def __repr__(self):
        return f"<{self._path}: {', '.join(self._names)}>"


def _key(row: dict) -> property:
    key = row["key"]

    def get(self):
        return self._network.get(self._site, f"{self._path}.{key}" if self._path else key)

    def put(self, value):
        self._network.set(f"{self._site}/{self._path}.{key}" if self._path else f"{self._site}/{key}", plain(value))

    unit = f" [{row['unit']}]" if row["unit"] else ""
    return property(get, put, doc=f"{row['meaning']}{unit}; accepted: {row['accepted']}")


def _table(child: str) -> property:
    name = child.split(".")[-1]

    def get(self):
        return PARTS[child](self._network, self._site, f"{self._path}.{name}" if self._path else name)

    return property(get, doc=f"table [{child}]")


def _list(child: str) -> property:
    name = child.split(".")[-1].removesuffix("[NAME]")

    def get(self):
        path = f"{self._path}.{name}" if self._path else name
        found = {key[len(path) + 1:].split("]")[0]: None for key in self._network.values(self._site) if key.startswith(f"{path}[")}
        return Parts(self._network, path, list(found), lambda tag: PARTS[child](self._network, self._site, f"{path}[{tag}]"))

    return property(get, doc=f"tables [[{child.replace('[NAME]', '')}]], by name or number")


def _classes() -> dict[str, type]:
    rows: dict[str, list[dict]] = {"": []}
    for row in _engine.key_table():
        words = row["table"].split(".") if row["table"] else []
        for k in range(len(words) + 1):
            rows.setdefault(".".join(words[:k]), [])
        rows[row["table"]].append(row)
    classes = {}
    for table, keys in rows.items():
        of = "network" if table.startswith(NETWORK) else "site"
        where = f"Table [{table.removeprefix(f'{NETWORK}.').replace('[NAME]', '')}]" if table not in ("", NETWORK) else "Keys"
        body: dict = {"__slots__": (), "__doc__": f"{where} of a {of}; values in SI."}
        body |= {row["key"]: _key(row) for row in keys}
        for child in rows:
            if child not in ("", NETWORK) and child.rpartition(".")[0] == table:
                body[child.split(".")[-1].removesuffix("[NAME]")] = _list(child) if child.endswith("]") else _table(child)
        name = "".join(word.replace("[NAME]", "").title().replace("_", "") for word in table.replace(NETWORK, "network").split(".")) or "SitePart"
        classes[table] = type(name, (Part,), body)
    return classes


PARTS = _classes()
