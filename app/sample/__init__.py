"""A believable CRM made up from a seed, and the way it gets into the graph.

- ``words``, ``places``: the word lists.
- ``dice``: deterministic chance.
- ``world``: the CRM in the making; ids, pairs.
- ``people``, ``business``, ``activities``: what there is and who knows whom, skewed as real CRMs are.
- ``generate``: all of it, as a ``Sample`` of plain values (``model``).
- ``load``: the sample through the one writer, in batches that can be taken up again.
"""

from app.sample.generate import generate
from app.sample.load import LoadReport, load_sample
from app.sample.model import Sample, SampleAssociation, SampleRecord

__all__ = ["LoadReport", "Sample", "SampleAssociation", "SampleRecord", "generate", "load_sample"]
