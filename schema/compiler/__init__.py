"""One document → one statement. Pure: no driver, no event loop, no clock.

In order of control: ``document`` turns the GraphQL AST and the request's variables into selections; ``shape``
says what of the variables the statement's text may depend on; ``lower`` resolves selections into the IR with
``filters`` (where, orderBy), ``paging`` (first, after), ``sides`` (associations and labels) and ``columns``;
``sharing`` marks, by the statistics, which hops are read apart; ``emit`` writes the IR as Cypher; ``unfold`` puts
back what was read apart, and ``result`` turns shapes into functions that make the response; ``plan`` holds what came
out, bound to values per request; ``access`` says which indexes it could read. ``writes`` reads mutation fields into
the writer's operations. ``introspect`` answers what is asked about the schema itself.

>>> from graphdb.catalog.files import standard_catalog
>>> from schema import build_schema, prepare
>>> catalog = standard_catalog()
>>> schema = build_schema(catalog).graphql_schema
>>> print(prepare(schema, catalog, "{ contacts { totalCount } }").plan().text)
CALL () { MATCH (n0:`Contact`) RETURN count(n0) AS r0 }
RETURN r0
"""
