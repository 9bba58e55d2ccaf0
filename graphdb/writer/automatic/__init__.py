"""What happens by itself when records are written: one module an automatism, all in the writing transaction.

Before a batch writes, in memory: ``lifecycle`` keeps stages of life from going back,
``products`` are copied into line items and ``line_items`` priced (what a stage says knows ``graphdb.writer.stages``).

After a batch has written, from the ``trace`` of what it did, ``follow`` lets follow what touches other records: pairs
first (``activities``, ``domains``), then values (``contacted``, ``totals``). What follows is written as drafts by a
batch like any other, so it is locked, checked and recorded like what was asked for. A value that an operation gives
is never replaced by one that follows.
"""
