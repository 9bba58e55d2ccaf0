"""The part of the schema that does not depend on the account: Strawberry classes, answered by Strawberry.

query     ``dataModel``, the catalog as data, so that a client can draw it
mutation  changes of the data model; inputs is what they are given, payloads what they answer
model     a type for each part of the catalog
shared    types that generated record types refer to; those are answered by the plan
context   what a request's context must offer for all of it
"""

from schema.build.fixed.model import Json
from schema.build.fixed.mutation import Mutation
from schema.build.fixed.query import Query
from schema.build.fixed.shared import AssociationLabel, PageInfo

__all__ = ["AssociationLabel", "Json", "Mutation", "PageInfo", "Query"]
