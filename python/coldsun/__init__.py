"""coldsun: a digital twin of zero-carbon data centres - cold plates, direct-drive PV, star-earth links - in one engine."""

import os as _os

# Read once, when the engine's OpenMP library is loaded: threads that wait must sleep, not spin, or two twins beside each other crawl.
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
