"""coldsun: digital twin of zero-carbon data centres: cold plates, direct-drive PV and battery, satellite links, jobs.

>>> import coldsun as cs
>>> twin = cs.Twin(cs.load_site("small"), hours=0.1)
>>> record = twin.run(progress=False)      # xarray.Dataset
>>> f"{float(record['t_junction'].max()) - 273.15:.0f} degC"
'71 degC'
"""

import os as _os

# OpenMP reads it once, when the engine is loaded. Waiting threads must sleep: spinning ones slow down a second twin on the same machine.
_os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from importlib.metadata import version as _version  # noqa: E402

from . import electrical, feeds, orbit, plots, plots_plan, plots_study, sky, studies, study_tables, thermal  # noqa: E402
from .energy import EnergyBook, energy_book  # noqa: E402
from .errors import InputError, RecordWarning  # noqa: E402
from .plan import Plan  # noqa: E402
from .record import open_record  # noqa: E402
from .report import day_table  # noqa: E402
from .shadow import Shadow  # noqa: E402
from .site import Network, Site, data_folder, load_network, load_site  # noqa: E402
from .twin import Twin  # noqa: E402
from .weather import Weather, read_weather  # noqa: E402

__version__ = _version("coldsun")
__all__ = ["EnergyBook", "InputError", "Network", "Plan", "RecordWarning", "Shadow", "Site", "Twin", "Weather", "data_folder", "day_table", "electrical",
           "energy_book", "feeds", "load_network", "load_site", "open_record", "orbit", "plots", "plots_plan", "plots_study", "read_weather", "sky",
           "studies", "study_tables", "thermal"]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
