"""Every bound class, function and member of coldsun._engine has a docstring, and the shipped types name it (`make stubs`)."""

from __future__ import annotations

import inspect
from importlib.resources import files
from types import ModuleType

import coldsun as cs
from coldsun import _engine


def members(thing, name: str = ""):
    """Every bound name below a module or class: owner, name, object."""
    for key, value in vars(thing).items():
        if key.startswith("_"):
            continue
        yield name, key, value
        if isinstance(value, ModuleType) or isinstance(value, type) and value.__module__.startswith("coldsun"):
            yield from members(value, key)


def described(key: str, value) -> str:
    """A docstring without the signatures of pybind11."""
    text = inspect.getdoc(value) or ""
    return "\n".join(line for line in text.split("\n") if line.strip() and not line.startswith((f"{key}(", "Overloaded")))


def test_every_bound_member_has_a_docstring():
    silent = [f"{name}.{key}" for name, key, value in members(_engine)
              if (callable(value) or isinstance(value, (property, ModuleType))) and not described(key, value)]
    assert not silent


def test_the_shipped_types_name_every_bound_member():
    folder = files("coldsun") / "_engine"
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".pyi"))
    names = [key for _, key, value in members(_engine) if callable(value) or isinstance(value, property)]
    assert len(names) > 80
    assert [key for key in names if f"def {key}(" not in text and f"class {key}(" not in text and f"class {key}:" not in text] == []
    assert (files("coldsun") / "py.typed").is_file() and cs.InputError is _engine.InputError
