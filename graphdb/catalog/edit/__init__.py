"""Changes of a data model: pure functions from what it is, and what a client asks for, to what it becomes.

draft         a data model while it changes: what that asks of records, faults with their places, names that are taken
object_types  types and the account; withdraw_due takes out what has left
indexes       composite indexes
properties    properties and the groups that they are shown in; usage says what relies on one
options       option sets and options
associations  associations and their labels
pipelines     pipelines and stages, in step with their enumerations

What comes of them, a ``CatalogChange``, is checked against the graph and saved by ``graphdb.evolve``.
"""
