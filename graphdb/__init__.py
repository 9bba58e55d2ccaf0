"""The graph store: what is stored, and the only way to it.

``catalog`` is the data model (``model``), its names (``naming``), its files and its checks; ``metadata`` keeps it
in the graph, ``versions`` what it is and was, ``evolve`` changes it: ``narrowing`` looks whether existing records bear
the change, ``jobs`` bring them in step with it. ``values`` says what a property holds, ``rules`` what else it must be.
``cypher`` is text and parameters.
``store`` is the seam to the engine, ``bolt`` its implementation over the official driver, ``engine`` the embedded
engine as a supervised child process, ``bootstrap`` its constraints and indexes. ``writer`` is the one door for every
write that a client asks for, ``journal`` what it tells of itself, by which roll-ups are ``kept`` up to date; ``ids``
mints.

In the graph: ``(:Record:Contact {id, createdAt, updatedAt, rev, …})``; one relationship per associated pair, of a
type named for the pair of object types, and one more per label of it; ``(:_Key {k})-[:OF]->(record)`` for each
unique value; a ``(:_Merge)`` for each merge that can be undone; a ``(:_Change)`` for each change, and how far they are
numbered and folded in; the catalog as nodes whose labels begin with ``_``.
"""
