"""coldsun: a digital twin of zero-carbon data centres - cold plates, direct-drive PV, star-earth links - in one engine."""

from importlib.metadata import version as _version

from . import plots
from .errors import InputError
from .record import open_record
from .report import day_table
from .site import data_folder, load_network, load_site
from .twin import Twin
from .weather import Weather, read_weather

__version__ = _version("coldsun")
__all__ = ["InputError", "Twin", "Weather", "data_folder", "day_table", "load_network", "load_site", "open_record", "plots", "read_weather"]
