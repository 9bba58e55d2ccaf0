"""The kill checker: writers against several server processes while those and the engine are killed; then, what holds.

``deployment`` starts ``kinship serve`` and an engine of its own, and kills them. ``client`` sends writes as a careful
client does, and keeps a ledger of what was sent, under which key, and what was answered when. ``writers`` are the ones
that write. ``replay`` makes of the change log the graph that it tells of. ``evidence`` reads what is there afterwards,
and ``judge`` says what of it cannot be; it is pure, and must be able to find fault (``tests/test_kill_judge.py``).
``recount`` compares the figures of the API with a count by plain Cypher.
"""
