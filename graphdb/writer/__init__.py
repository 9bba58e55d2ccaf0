"""The one door for every write.

``operations`` is what may be asked; ``apply.Writer`` does it. On the way: ``validate`` checks and normalises
what was asked (``drafts``), ``batch`` takes it through one transaction, in which ``records``, ``stages``,
``keys`` and ``pairs`` work out what changes, and ``statements`` is the Cypher.
"""
