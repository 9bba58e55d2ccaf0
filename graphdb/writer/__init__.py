"""The one door for every write.

``operations`` is what may be asked; ``apply.Writer`` does it. On the way: ``validate`` checks and normalises
what was asked (``drafts``), and what belongs together goes through the transaction in one batch:

* ``batch``: records and associations change; ``records``, ``stages``, ``keys``, ``pairs`` work out what does;
* ``archive`` and ``restore``: records leave the live graph and come back, with all that hangs on them (``ties``);
* ``merge``: two records become one; ``unmerge`` undoes it, with what ``merged`` keeps: ``returning`` says which values
  each of the two gets, ``parting`` which associations.

What happens by itself, before and after, is in ``automatic``.

All of them find and lock what is named by ``targets`` (``early``: with all around it) and keep what object types
require (``required``). ``marks`` is how labels are stored, ``statements`` the Cypher.
"""
