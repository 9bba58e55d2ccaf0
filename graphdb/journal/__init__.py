"""The journal: what was changed in the graph, by whom and in which order; and which requests were answered.

``entries`` is what a writing transaction leaves: one ``(:_Change)`` node for each change, unordered. ``sequencer``
numbers the committed ones, so that readers can follow them, and ``log`` says where the log stands and forgets its
beginning. ``folds`` brings kept roll-ups up to date with what has its number, by what ``watches`` finds an entry to
touch; ``following`` is what both tasks have in common. ``histories`` is what merging, its undoing and purging do to
entries. ``requests`` keeps the answers to requests that may come again. ``housekeeping`` has log and answers forgotten
in time.

How a writer uses it, in the transaction of its effect and after it has locked the records::

    journal = Journal(origin)
    journal.created(object_type, record_id, values)
    journal.updated(object_type, record_id, rev, before, after)
    journal.related(association, start_id, end_id, before=None, after=())       # ASSOCIATED
    journal.related(association, start_id, end_id, before=("primary",), after=None)  # DISSOCIATED
    journal.noted(Kind.ARCHIVED, object_type, record_id, rev)                   # RESTORED, PURGED alike
    journal.noted(Kind.MERGED, object_type, survivor_id, rev, other=loser_id)   # UNMERGED alike
    journal.purged(object_type, record_id, around)                              # ids of what was associated
    await journal.write(transaction)                                            # one statement; none for no entry

    await adopt_history(transaction, loser_id, survivor_id)                     # a merge
    await release_history(transaction, loser_id, earlier_losers, survivor_id)   # its undoing; ``share_history`` notes
                                                                                # whose values the survivor's shows
    await purge_histories(transaction, [record_id])                             # before its PURGED is noted

``before`` and ``after`` of an update are all stored values; equal ones are left out, and where all are equal nothing
is logged, as where a pair's labels stay what they were.

In the graph: ``(:_Change {id, at, pend, seq, kind, type, record, rev, of, props, data, farType, far, labels,
labelsBefore, around, shares, by, source})``. No relationship leads to an entry, so that no record's degree grows.
``at`` counts microseconds since 1970 by the engine's clock. ``pend`` is true until the entry has its number ``seq``.
``props`` names the properties that changed, and ``data`` is JSON text: for each of them ``[before, after]`` as clients
see values. ``of`` is the record in whose history they show, ``shares`` another one whose values are among them.
``around`` is what a purged record was associated with, until kept roll-ups show that it is gone. ``(:_Log {key:
'log', n, first})`` holds the last number given and the first that is still kept, ``(:_Fold {key: 'roll-ups', n})`` the
last one that kept roll-ups show. ``(:_Idempotency {key, hash, at, claim, answer})`` is an answer.
"""
