"""The dynamic GraphQL schema and the compiler. Nothing here does input or output.

``build`` makes one ``strawberry.Schema`` from a catalog; ``bindings`` is what its generated fields stand for;
``compiler`` turns an operation into one Cypher statement and the way back to the response; ``ir`` lies between;
``calculations`` says whether roll-ups can be computed, ``kept`` how those that records hold are; ``scalars`` is the
table of value types; ``limits`` and ``errors`` are what the names say.
"""

from schema.build import MergedSchema, build_schema, print_sdl
from schema.calculations import calculation_faults
from schema.compiler.plan import Plan
from schema.compiler.prepare import Prepared, prepare
from schema.limits import Limits

__all__ = ["Limits", "MergedSchema", "Plan", "Prepared", "build_schema", "calculation_faults", "prepare", "print_sdl"]
