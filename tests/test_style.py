"""The tree satisfies every rule of check_style.py, and each rule finds a planted violation."""

from __future__ import annotations

from pathlib import Path

import pytest

import check_style

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("rule", check_style.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_satisfies_the_rule(rule):
    assert list(rule(ROOT)) == []


def plant(root: Path, path: str, text: str) -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return root


HEADER = "// What this file is, in one line.\n#pragma once\n"


@pytest.mark.parametrize(
    ("user", "used"),
    [
        ("kernels/thermal/a.hpp", "electrical/b.hpp"),
        ("kernels/common/a.hpp", "thermal/b.hpp"),
        ("kernels/ensemble/a.hpp", "thermal/b.hpp"),
        ("kernels/orbit/a.hpp", "core/b.hpp"),
        ("kernels/thermal/a.hpp", "schedule/b.hpp"),
        ("core/make/a.hpp", "core/io/b.hpp"),
        ("core/site/a.hpp", "core/make/b.hpp"),
        ("core/plan/a.hpp", "core/study/b.hpp"),
        ("core/io/a.hpp", "core/plan/b.hpp"),
        ("core/check/a.hpp", "core/io/b.hpp"),
        ("python/a.hpp", "core/check/b.hpp"),
        ("core/make/a.hpp", "python/b.hpp"),
        ("core/make/a.hpp", "bench/b.hpp"),
    ],
)
def test_an_include_against_the_layers_is_found(tmp_path, user, used):
    target = used if used.startswith(("core", "python")) else f"kernels/{used}"
    plant(tmp_path, target, HEADER)
    plant(tmp_path, user, f'{HEADER}#include "{used}"\n')
    assert len(list(check_style.layers(tmp_path))) == 1


def test_an_include_along_the_layers_is_accepted(tmp_path):
    for target in ("kernels/common/b.hpp", "kernels/thermal/b.hpp", "core/step/b.hpp", "core/io/b.hpp"):
        plant(tmp_path, target, HEADER)
    plant(tmp_path, "kernels/thermal/a.hpp", f'{HEADER}#include "common/b.hpp"\n#include "thermal/b.hpp"\n#include <cmath>\n')
    plant(tmp_path, "kernels/schedule/a.hpp", f'{HEADER}#include "thermal/b.hpp"\n')
    plant(tmp_path, "core/make/a.hpp", f'{HEADER}#include "thermal/b.hpp"\n#include "core/step/b.hpp"\n')
    plant(tmp_path, "core/io/a.hpp", f'{HEADER}#include "core/step/b.hpp"\n#include <hdf5.h>\n#include <toml++/toml.h>\n')
    plant(tmp_path, "python/bind_a.cpp", f'{HEADER}#include <pybind11/pybind11.h>\n#include "core/io/b.hpp"\n')
    assert list(check_style.layers(tmp_path)) == []


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("core/a.cpp", "hdf5.h"),
        ("kernels/sky/a.cpp", "toml++/toml.h"),
        ("core/a.cpp", "pybind11/pybind11.h"),
        ("kernels/sky/a.hpp", "omp.h"),
        ("kernels/sky/a.cpp", "cuda_runtime.h"),
        ("core/a.cpp", "thrust/sort.h"),
    ],
)
def test_a_library_header_in_the_wrong_folder_is_found(tmp_path, path, header):
    plant(tmp_path, path, f"{HEADER}#include <{header}>\n")
    assert len(list(check_style.layers(tmp_path))) == 1


def test_an_unknown_kernel_folder_is_found(tmp_path):
    plant(tmp_path, "kernels/weather/a.hpp", HEADER)
    plant(tmp_path, "kernels/sky/a.hpp", HEADER)
    assert len(list(check_style.known_kernel_folders(tmp_path))) == 1


@pytest.mark.parametrize(
    "line",
    ["#pragma omp simd", "int n = omp_get_max_threads();", "cudaMalloc(&p, 1);", "Kokkos::fence();", "f<<<1, 2>>>();", "__shared__ int a;"],
)
def test_a_backend_outside_its_folder_is_found(tmp_path, line):
    plant(tmp_path, "kernels/thermal/a.hpp", f"{HEADER}{line}\n// #pragma omp in a comment is no violation, nor is Cuda{{}}\n")
    plant(tmp_path, "kernels/common/backends/host.hpp", f"{HEADER}{line}\n")
    plant(tmp_path, "kernels/thermal/advance_cuda.cu", f"{HEADER}{line}\n")
    found = list(check_style.backends(tmp_path))
    assert len(found) == 1 and found[0].startswith("kernels/thermal/a.hpp:3")


@pytest.mark.parametrize("line", ["Real t_inlet_degc;", "double p_kw = 0;", "Real tilt_deg;", "f(flow_lpm);", "Real height_km;"])
def test_a_unit_suffix_in_a_kernel_is_found(tmp_path, line):
    plant(tmp_path, "kernels/thermal/a.hpp", f'{HEADER}{line}\n// t_inlet_degc in a comment, or "flow_lpm" in a string, is none\n')
    plant(tmp_path, "kernels/orbit/sgp4.hpp", f"{HEADER}{line}\n")
    plant(tmp_path, "core/units.cpp", f"{HEADER}{line}\n")
    assert len(list(check_style.units(tmp_path))) == 1


@pytest.mark.parametrize(
    ("line", "n"),
    [
        ("auto k = Kernel{a, b, c, d, e, f, g};", 1),
        ("run(a, b, c, d, e, f, g);", 1),
        ("auto k = Kernel{a, b, c, d, e, f};", 0),
        ("auto k = Kernel{.a = a, .b = b, .c = c, .d = d, .e = e, .f = f, .g = g};", 0),
        ("f(View<const Real, 2> a, View<Real, 2> b, Array<Real, 1> c, View<Real, 1> d);", 0),
        ("const Real x[] = {1, 2, 3, 4, 5, 6, 7};", 0),
        ('fmt::format("{}", a, b, c, d, e, f, g);', 0),
        ('Row rows[] = {{"a", x, y, 1, 2, 3, 4}, {"b", x, y, 1, 2, 3, 4}};', 0),
    ],
)
def test_more_than_six_positional_arguments_are_found(tmp_path, line, n):
    plant(tmp_path, "kernels/thermal/a.hpp", f"{HEADER}{line}\n")
    assert len(list(check_style.argument_lists(tmp_path))) == n


@pytest.mark.parametrize("line", ["std::mt19937 g;", "#include <iostream>", 'printf("x");', "atomicAdd(p, 1.0);"])
def test_a_forbidden_call_in_a_kernel_is_found(tmp_path, line):
    plant(tmp_path, "kernels/thermal/a.hpp", f"{HEADER}{line}\n")
    assert len(list(check_style.calls(tmp_path))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kernels/sky/a.hpp", "#pragma once\n"),
        ("kernels/sky/a.hpp", "// What this file is, in one line.\nint x;\n"),
        ("core/a.cpp", '#include "x"\n'),
        ("python/coldsun/a.py", "import numpy\n"),
        ("cmake/a.cmake", "set(x 1)\n"),
    ],
)
def test_a_file_without_a_first_line_is_found(tmp_path, path, text):
    plant(tmp_path, path, text)
    assert len(list(check_style.first_lines(tmp_path))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kernels/sky/a.hpp", "x\n" * 301),
        ("kernels/orbit/sgp4.hpp", "x\n" * 501),
        ("core/a.cpp", "x" * 161),
    ],
)
def test_a_long_file_or_line_is_found(tmp_path, path, text):
    plant(tmp_path, path, text)
    plant(tmp_path, "kernels/sky/b.hpp", "x\n" * 300)
    plant(tmp_path, "kernels/orbit/sgp4_b.hpp", "x\n" * 500)
    assert len(list(check_style.sizes(tmp_path))) == 1


@pytest.mark.parametrize("word", ["/".join(("", "some", "where")), "/".join(("", "tmp", "mine")), "TO" + "DO", "FIX" + "ME"])
@pytest.mark.parametrize("path", ["core/a.cpp", "README.md", "Makefile", ".ci/run"])
def test_an_absolute_path_or_a_promise_is_found(tmp_path, word, path):
    plant(tmp_path, path, f"see {word}\n")
    assert len(list(check_style.paths(tmp_path))) == 1


@pytest.mark.parametrize("word", ["/usr/bin/env", "/proc/cpuinfo", "https://a.org/b/c", "W/m2/K", "core/io/a.hpp", "$root/ccache/x", '"/core/(io|check)/"'])
def test_a_path_of_every_machine_is_accepted(tmp_path, word):
    plant(tmp_path, "core/a.cpp", f"see {word}\n")
    assert list(check_style.paths(tmp_path)) == []


def whole(root: Path) -> Path:
    for path in ("kernels/sky/a.cpp", "core/make/a.cpp", "python/coldsun/a.py", "data/sites/a.toml", "validation/gpu_check", "tests/a_test.cpp"):
        plant(root, path, "x")
    return root


def test_an_unknown_top_level_folder_is_found(tmp_path):
    assert list(check_style.top_level(whole(tmp_path))) == []
    plant(tmp_path, "docs/a.md", "x")
    assert [line.split(":")[0] for line in check_style.top_level(tmp_path)] == ["docs"]


@pytest.mark.parametrize("folder", check_style.FOLDERS)
def test_an_empty_top_level_folder_is_found(tmp_path, folder):
    for path in whole(tmp_path).joinpath(folder).rglob("*"):
        if path.is_file():
            path.unlink()
    assert [line.split("/")[0] for line in check_style.top_level(tmp_path)] == [folder]


def test_a_folder_without_a_readme_is_found(tmp_path):
    whole(tmp_path)
    for folder in check_style.FOLDERS:
        plant(tmp_path, f"{folder}/README.md", "x")
    assert [line.split(":")[0] for line in check_style.readmes(tmp_path)] == ["kernels/sky/"]


def test_main_prints_the_number_of_violations(tmp_path, capsys):
    plant(whole(tmp_path), "core/make/a.cpp", "int x;  // not what the file is\n")
    assert check_style.main(tmp_path) == 1
    assert "violations" in capsys.readouterr().out
