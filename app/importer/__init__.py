"""``kinship import``: CSV files into the graph by a mapping file.

- ``mapping``: what a mapping file may say; faults of its text.
- ``plan``: the mapping bound to the catalog and the files; every name resolved before anything is loaded.
- ``rows``: CSV files, row by row, bad ones as data.
- ``cells``: a row's cells to a property's stored value.
- ``drafts``: a row to the writer's operations.
- ``batches``: operations into the graph through the one writer; what it refuses is set aside.
- ``run``: all of it, in order; ``report`` and ``show``: what was loaded, refused, remarked on, and why.
"""

from app.importer.mapping import MappingError, MappingFault, shipped_mappings
from app.importer.report import ImportReport
from app.importer.run import run_import
from app.importer.show import show

__all__ = ["ImportReport", "MappingError", "MappingFault", "run_import", "shipped_mappings", "show"]
