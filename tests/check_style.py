#!/usr/bin/env python3
"""Checks what a compiler does not: layers, backends, names and units, first lines, sizes, paths, the top level.

Each rule is a function of the repository's root that yields "path:line: what is wrong; what is accepted".
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from check_arguments import argument_lists
from check_text import CODE, FOLDERS, Found, files, lines, name

BESIDE = {
    "CMakeLists.txt", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "CMakePresets.json", "pyproject.toml", "cmake",
}  # fmt: skip
IGNORED = {"build", "dist", "runs"}  # what builds and runs leave; .gitignore names them
PHYSICS = ("sky", "thermal", "electrical", "orbit", "workload")
SEES = {  # a folder of kernels/ -> what it may include besides itself
    "common": (),
    **{physics: ("common",) for physics in PHYSICS},
    "assimilation": ("common",),
    "ensemble": ("common",),
    "schedule": ("common", *PHYSICS),
    "bench": ("common", *PHYSICS, "schedule", "assimilation", "ensemble"),
}
ROOMS = {  # a room of core/ -> the rooms that it may include besides itself: four floors
    "site": (),
    "step": (),
    "make": ("site", "step"),
    **{room: ("site", "step", "make") for room in ("plan", "study", "shadow")},
    "io": ("site", "step", "make"),
    "check": ("site", "step", "make", "plan", "shadow"),
}
LIBRARIES = {  # headers of others -> where they may be included
    r"hdf5(_hl)?\.h|H5\w+\.h": ("core/io/",),
    r"toml\+\+/.*": ("core/io/",),
    r"pybind11/.*": ("python/",),
    r"gtest/.*|gmock/.*": ("tests/",),
    r"benchmark/.*": ("kernels/bench/",),
    r"thrust/.*|cub/.*": ("kernels/common/backends/primitives_",),
    r"omp\.h|cuda\w*\.h|Kokkos_\w+\.hpp": ("kernels/common/backends/", "kernels/bench/"),
}
BACKEND_FILES = ("_cuda.cu", ".cuh", "_kokkos.cpp")


# ---- layers ------------------------------------------------------------------------------------------------------------------
def layer_of(path: str) -> str:
    part = path.split("/")
    if part[0] == "kernels" and len(part) > 2:
        return f"kernels/{part[1]}"
    if part[0] == "core" and len(part) > 2:
        return f"core/{part[1]}"
    return part[0]


def target_of(root: Path, here: Path, header: str) -> str | None:
    """The file of ours that an #include means, as a path from the root; None for others' headers."""
    for base in (root / "kernels", root, root / "tests", here.parent):
        if (base / header).is_file() and (base / header).resolve().is_relative_to(root.resolve()):
            return (base / header).resolve().relative_to(root.resolve()).as_posix()
    return None


def may_include(user: str, used: str) -> bool:
    if user == used or user == "tests" and used != "python":
        return True
    if user.startswith("kernels/"):
        return used.startswith("kernels/") and used[8:] in SEES.get(user[8:], ())
    if used.startswith("kernels/") and used != "kernels/bench":
        return user.startswith("core/") or user in ("python", "validation")
    if user.startswith("core/"):
        return used.startswith("core/") and used[5:] in ROOMS.get(user[5:], ())
    return used.startswith("core/") and used != "core/check" and user in ("python", "validation")


def layers(root: Path) -> Found:
    """An #include may only follow an arrow of the layers backwards."""
    for path in files(root, CODE, "kernels", "core", "python", "tests", "validation"):
        here = name(root, path)
        user = layer_of(here)
        for where, line in lines(root, path):
            if not (match := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)):
                continue
            header = match.group(1)
            if target := target_of(root, path, header):
                used = layer_of(target)
                if not may_include(user, used):
                    yield f"{where}: {user} includes {header}; the arrows do not lead from {user} to {used}"
            for pattern, places in LIBRARIES.items():
                if user != "tests" and not here.endswith(BACKEND_FILES) and re.fullmatch(pattern, header) and not here.startswith(places):
                    yield f"{where}: includes {header}; accepted in {', '.join(places)}"


def known_kernel_folders(root: Path) -> Found:
    """kernels/ and core/ hold the folders whose layer is known."""
    for path in sorted((root / "kernels").glob("*")):
        if path.is_dir() and path.name != "__pycache__" and path.name not in SEES:
            yield f"kernels/{path.name}: a folder without a layer; accepted: {', '.join(SEES)}"
    for path in sorted((root / "core").glob("*")):
        if path.name != "README.md" and path.name not in ROOMS:
            yield f"core/{path.name}: not in a room; accepted: {', '.join(ROOMS)}"


# ---- backends ----------------------------------------------------------------------------------------------------------------
RUNTIME = re.compile(
    r"#\s*pragma\s+omp|\bomp_\w+\(|\bcuda[A-Z]\w+\(|\bKokkos::|<<<|__CUDACC__|__CUDA_ARCH__|\b__(?:global|shared|device)__\b"
)


def backends(root: Path) -> Found:
    """Only kernels/common/backends, *_cuda.cu and *_kokkos.cpp name OpenMP, CUDA or Kokkos."""
    for path in files(root, CODE, "kernels", "core", "python"):
        here = name(root, path)
        if here.startswith(("kernels/common/backends/", "kernels/bench/")) or here.endswith(BACKEND_FILES):
            continue
        if here in ("kernels/common/space.hpp", "kernels/common/loops.hpp"):
            continue
        for where, line in lines(root, path, stripped=True):
            if match := RUNTIME.search(line):
                yield f"{where}: names '{match.group(0)}'; accepted in kernels/common/backends, *_cuda.cu and *_kokkos.cpp"


# ---- names and units ---------------------------------------------------------------------------------------------------------
UNIT = re.compile(
    r"\b(?!sys_days)\w+_(?:degc|deg|kw|kwh|mw|mwh|lpm|kpa|mbar|bar|mm|um|km|cm|ms|us|minutes|hours|days|khz|mhz|ghz|pct|percent|watts?)\b"
)
ISLANDS = ("kernels/orbit/sgp4", "kernels/orbit/sdp4")  # km, minutes, Earth radii: they say so first and convert last


def units(root: Path) -> Found:
    """SI and radians inside: no unit suffix on a name in kernels."""
    for path in files(root, CODE, "kernels"):
        if name(root, path).startswith(ISLANDS):
            continue
        for where, line in lines(root, path, stripped=True):
            for match in UNIT.finditer(line):
                yield f"{where}: {match.group(0)} carries a unit; accepted inside: SI, radians, no suffix"


CHANCE = r"\bstd::(mt19937\w*|random_device|default_random_engine)\b|#\s*include\s*<random>"
FORBIDDEN = (  # (where, pattern, why)
    ("kernels", CHANCE, "chance is Philox (common/philox.hpp)"),
    ("core", CHANCE, "chance is Philox (common/philox.hpp)"),
    ("kernels", r"#\s*include\s*<(iostream|fstream|filesystem)>|\bf?printf\s*\(", "kernels know no file and print nothing"),
    ("kernels", r"\bunsafe-math|\bffast-math|\batomic(Add|_add|_fetch_add)\b", "gather, never scatter; no fast-math"),
)


def calls(root: Path) -> Found:
    """What kernels and core do not call: hidden chance, files, prints, floating-point atomics."""
    for folder, pattern, why in FORBIDDEN:
        for path in files(root, CODE, folder):
            if name(root, path).startswith(("kernels/bench/", "kernels/common/backends/")):
                continue
            for where, line in lines(root, path, stripped=True):
                if match := re.search(pattern, line):
                    yield f"{where}: '{match.group(0)}'; {why}"


# ---- files -------------------------------------------------------------------------------------------------------------------
def first_lines(root: Path) -> Found:
    """The first line says what the file is; headers are guarded."""
    for path in files(root, CODE | {".py", ".cmake", ".txt"}):
        here = name(root, path)
        if path.suffix == ".txt" and path.name != "CMakeLists.txt" or here.startswith(("data/", "validation/data/")):
            continue
        text = path.read_text(encoding="utf-8")
        head = text.split("\n")
        first = head[1] if head[0].startswith("#!") and len(head) > 1 else head[0]
        mark = {".py": r'r?"""|#', ".cmake": "#", ".txt": "#"}.get(path.suffix, "//")
        if text.strip() and not re.match(rf"(?:{mark})\s*\S.{{9,}}", first):
            yield f"{here}:1: the first line does not say what the file is"
        if path.suffix in {".hpp", ".cuh"} and "#pragma once" not in head[:16]:
            yield f"{here}:1: no #pragma once near the top"


def sizes(root: Path) -> Found:
    """At most 300 lines a file (SGP4: 500, tests: 330); past 160 columns a line that the formatters leave is too long."""
    for path in files(root, CODE | {".py"}):
        here = name(root, path)
        limit = 500 if here.startswith(ISLANDS) else 330 if here.startswith("tests/") else 300
        text = path.read_text(encoding="utf-8").split("\n")
        if len(text) - 1 > limit:
            yield f"{here}: {len(text) - 1} lines; accepted: {limit}"
        for number, line in enumerate(text, 1):
            if len(line) > 160:
                yield f"{here}:{number}: {len(line)} columns; accepted: 160"


TEXT = CODE | {".py", ".md", ".toml", ".cmake", ".txt", ".json", ".csv", ".ipynb", ".sh", ""}
PLACE = re.compile(r"(?<![\w.:/~})\]>$*-])/(\w[\w.-]*)/\w")  # an absolute path of two folders or more
EVERYWHERE = {"bin", "dev", "etc", "lib", "proc", "sys", "usr", "var"}  # what any machine has
PROMISE = re.compile(r"\b(?:TO[D]O|FIX[M]E|X{3}|NotImplement[e]d)\b")


def paths(root: Path) -> Found:
    """No absolute paths but those that every machine has, no promise in place of the work."""
    beside = [path for path in sorted(root.glob("*")) if path.is_file() and path.suffix in TEXT and path.name not in ("LICENSE", ".git")]
    for path in [*files(root, TEXT), *beside]:
        for where, line in lines(root, path):
            for match in PLACE.finditer(line):
                if match.group(1) not in EVERYWHERE.union(FOLDERS):
                    yield f"{where}: '{match.group(0)}' is a place on one machine; accepted: below /{', /'.join(sorted(EVERYWHERE))}"
            if match := PROMISE.search(line):
                yield f"{where}: '{match.group(0)}' promises; accepted: the work"


# ---- the top level -----------------------------------------------------------------------------------------------------------
WORK = {  # what a folder must hold for demo or CI to run something of it
    "kernels": "*/*.cpp", "core": "*/*.cpp", "python": "coldsun/*.py", "data": "sites/*.toml", "validation": "*", "tests": "*_test.cpp",
}  # fmt: skip


def top_level(root: Path) -> Found:
    """The top level is the design's, and no folder of it is empty."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in IGNORED or path.name in FOLDERS or path.name in BESIDE:
            continue
        yield f"{path.name}: stands at the top level; accepted: {', '.join((*FOLDERS, *sorted(BESIDE)))}"
    for folder, pattern in WORK.items():
        if not any(path.is_file() for path in (root / folder).glob(pattern)):
            yield f"{folder}/: holds nothing that demo or CI runs; accepted: at least one {folder}/{pattern}"


def readmes(root: Path) -> Found:
    """Each folder's README says what it holds."""
    for folder in (*FOLDERS, *(f"kernels/{physics}" for physics in SEES)):
        if (root / folder).is_dir() and any((root / folder).iterdir()) and not (root / folder / "README.md").is_file():
            yield f"{folder}/: no README.md"


RULES = (layers, known_kernel_folders, backends, units, calls, argument_lists, first_lines, sizes, paths, top_level, readmes)


def main(root: Path) -> int:
    found = [f"{line} [{rule.__name__}]" for rule in RULES for line in rule(root)]
    print(*found, f"style: {len(RULES)} rules, {len(found)} violations", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
