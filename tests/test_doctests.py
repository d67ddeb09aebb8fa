"""Every example in a docstring gives its stated result, and every public name has a docstring with its errors and an example."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import coldsun as cs

PUBLIC = (cs, cs.electrical, cs.feeds, cs.orbit, cs.plots, cs.plots_plan, cs.plots_study, cs.sky, cs.studies, cs.study_tables, cs.thermal)
MODULES = ("", *(m.name for m in pkgutil.walk_packages(cs.__path__, "coldsun.") if "_engine" not in m.name))


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_their_stated_results(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(importlib.import_module(name or "coldsun")).failed == 0


def public(module):
    """Functions and classes of a module's public names, with their public members: (name, object, whether a member)."""
    names = getattr(module, "__all__", None) or [k for k, v in vars(module).items() if k[0] != "_" and getattr(v, "__module__", "") == module.__name__]
    for name in names:
        thing = getattr(module, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield name, thing, False
        if inspect.isclass(thing):
            yield from ((f"{name}.{key}", member, True) for key, member in vars(thing).items()
                        if not key.startswith("_") and (callable(member) or isinstance(member, (property, classmethod))))


@pytest.mark.parametrize("module", PUBLIC, ids=lambda m: m.__name__)
def test_every_public_name_has_a_docstring_with_its_errors_and_an_example(module):
    for name, thing, member in public(module):
        text = inspect.getdoc(thing) or ""
        assert text, f"{name}: no docstring"
        code = thing.fget if isinstance(thing, property) else getattr(thing, "__func__", thing)
        if inspect.isfunction(code) and "raise InputError" in inspect.getsource(code):
            assert "InputError" in text, f"{name}: its errors are not named"
        assert member or ">>>" in text or "example" in text or "Made by" in text, f"{name}: no example"


def test_dir_shows_the_public_names_and_no_others():
    assert sorted(dir(cs)) == sorted([*cs.__all__, "__version__"])
    for name in cs.__all__:
        assert inspect.getdoc(getattr(cs, name)), name
