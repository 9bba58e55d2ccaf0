"""Jobs: what a change of the data model does to the records that exist, behind the running program.

A job is a node, made in the transaction that makes the change (``table.add_jobs``)::

    (:_CatalogJob {id, kind, objectType, nodeLabel, property, sortedBy, label, narrowing,
                   state, done, total, reason, examples, at, holder, until})

``runner.follow_jobs`` carries jobs out, in any number of processes: each holds the job that it works at for a time that
it prolongs (``table.Lease``), and every transaction of the job begins with a look whether it still does, under the
lock of the job's node. So what a stopped process left undone is taken up by the next, and one that only seemed to be
stopped changes nothing more. Each step repeats harmlessly.

For a while after the change something may still be written by the data model before it. Jobs wait for the end of that,
but for those that claim keys and build indexes: they begin at once and end with a second pass.

``keys``, ``indexes``, ``deletions`` and ``verification`` are what the kinds do; ``work`` is what they have in common.
"""

from graphdb.jobs.runner import Terms, follow_jobs, run_jobs
from graphdb.jobs.table import JobState, JobStatus, add_jobs, job_states

__all__ = ["JobState", "JobStatus", "Terms", "add_jobs", "follow_jobs", "job_states", "run_jobs"]
