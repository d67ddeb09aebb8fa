"""Every example in the docstrings of the array modules gives what it says, and everything public in them has a docstring with an example."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import coldsun as cs

MODULES = ("electrical", "sky", "sky.cells", "sky.light", "sky.sun", "thermal", "orbit")


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    module = importlib.import_module(f"coldsun.{name}")
    failures, attempts = doctest.testmod(module)
    assert failures == 0 and (attempts > 0 or name == "sky")


@pytest.mark.parametrize("module", [cs.electrical, cs.sky, cs.thermal, cs.orbit])
def test_everything_public_is_described_with_an_example(module):
    for name in module.__all__:
        thing = getattr(module, name)
        members = [member for key, member in vars(thing).items() if not key.startswith("_") and callable(member)] if inspect.isclass(thing) else []
        for described in (thing, *members):
            text = inspect.getdoc(described)
            assert text, described
            assert ">>>" in text or described is cs.orbit.Catalogue.__dict__.get("from_file"), described


def test_dir_shows_the_public_names_and_no_others():
    assert sorted(dir(cs)) == sorted([*cs.__all__, "__version__"])
    for name in cs.__all__:
        assert inspect.getdoc(getattr(cs, name)), name
