"""Report on this installation: versions, backends, threads, device, and how to install missing parts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from importlib.resources import files
from pathlib import Path

_OPTIONAL = {
    "paho.mqtt": ("live feeds over MQTT", "pip install 'coldsun[live]'"),
    "dask": ("studies on several machines", "pip install 'coldsun[study]'"),
    "pytest": ("Python tests", "pip install 'coldsun[test]'"),
    "sgp4": ("reference implementation for validation", "pip install 'coldsun[validate]'"),
}


def examine() -> list[tuple[str, str, str]]:
    """Rows of (part, what was found, remark); a remark names what is missing and how to install it.

    >>> [found for part, found, remark in examine() if part == "backend Host (OpenMP)"]
    ['built in']
    """
    from . import _engine

    build = _engine.build_info()
    rows = [
        ("coldsun", importlib.metadata.version("coldsun"), ""),
        ("commit", build["commit"], ""),
        ("compiler", build["compiler"], ""),
        ("instruction set", build["arch"], "" if build["arch"] == "native" else "COLDSUN_ARCH=native builds for this processor"),
        ("Python", platform.python_version(), ""),
        ("processor threads", f"{os.cpu_count()} found, {_engine.max_threads()} used", "OMP_NUM_THREADS sets the number used"),
        ("backend Host (OpenMP)", "built in", ""),
    ]
    if not build["cuda"]:
        rows.append(("backend Cuda", "not built", "CMAKE_ARGS=-DCOLDSUN_CUDA=ON pip install . (needs nvcc 12 or later)"))
    elif not _engine.device_available("cuda"):
        rows.append(("backend Cuda", "built, no device", "needs an NVIDIA GPU and driver; runs use the CPU until then"))
    else:
        rows.append(("backend Cuda", "built, device found", ""))
    bench = Path(str(files("coldsun") / "bin" / "coldsun_bench")).is_file()
    rows.append(("coldsun bench", "built in" if bench else "not built", "" if bench else "apt install libbenchmark-dev, then build again"))
    rows.append(("HDF5 library", build["hdf5"], ""))
    for name in ("numpy", "xarray", "h5netcdf", "pvlib", "matplotlib"):
        rows.append((name, importlib.metadata.version(name), ""))
    for module, (purpose, how) in _OPTIONAL.items():
        top = module.split(".")[0]
        there = importlib.util.find_spec(top) is not None
        rows.append((module, "installed" if there else "not installed", "" if there else f"{purpose}: {how}"))
    nvcc = shutil.which("nvcc")
    rows.append(("nvcc", nvcc or "not found", "" if nvcc else "needed only to build for CUDA"))
    return rows
