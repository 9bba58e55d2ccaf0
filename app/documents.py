"""Documents that were seen before: parsed and validated once for each catalog version.

Parsing and validating cost milliseconds and hold the event loop, so a document that passed once is known by its
text. Those that failed are not kept: they are rare, and would let anyone fill the cache with rubbish.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from graphql import GraphQLError, GraphQLSchema, Visitor, parse, visit

from schema import Limits, Prepared
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from graphql import DocumentNode, FieldNode

    from app.settings import Settings
    from graphdb.catalog.model import Catalog


_PAST_THE_LIMIT = "tokens. Parsing aborted"
"""graphql-core has no class of its own for a document that is too long."""


class _Aliases(Visitor):
    """Counts aliases: once in each fragment, so that the count is linear in the document."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count a field that has one."""
        self.count += node.alias is not None


class Documents:
    """The documents of one catalog version, least recently used ones dropped.

    Args:
        schema: The merged schema.
        catalog: The catalog behind it.
        limits: What an operation may ask for.
        settings: How long a document may be and how many are kept.
    """

    def __init__(self, schema: GraphQLSchema, catalog: Catalog, limits: Limits, settings: Settings) -> None:
        self._schema = schema
        self._catalog = catalog
        self._limits = limits
        self._settings = settings
        self._parsed: OrderedDict[str, DocumentNode] = OrderedDict()
        self._prepared: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()

    def known(self, text: str) -> DocumentNode | None:
        """The document, if it was found valid before."""
        document = self._parsed.get(text)
        if document is not None:
            self._parsed.move_to_end(text)
        return document

    def parse(self, text: str) -> DocumentNode:
        """Parse a new document.

        Raises:
            GraphQLError: It is not GraphQL, or too long.
        """
        try:
            document = parse(text, max_tokens=self._settings.tokens_max)
        except GraphQLError as error:
            if _PAST_THE_LIMIT in error.message:
                raise refuse(
                    ErrorCode.TOO_COMPLEX,
                    f"The document is longer than {self._settings.tokens_max:,} tokens.",
                    limit=self._settings.tokens_max,
                ) from None
            raise
        aliases = _Aliases()
        visit(document, aliases)
        if aliases.count > self._settings.aliases_max:
            raise refuse(
                ErrorCode.TOO_COMPLEX,
                f"The document holds {aliases.count:,} aliases; the limit is {self._settings.aliases_max:,}.",
                limit=self._settings.aliases_max,
            )
        return document

    def keep(self, text: str, document: DocumentNode) -> None:
        """Remember a document that was found valid."""
        self._parsed[text] = document
        _trim(self._parsed, self._settings.plans_max)

    def prepared(self, text: str, document: DocumentNode, operation_name: str | None) -> Prepared:
        """One operation of a valid document, with its plans."""
        key = (text, operation_name)
        found = self._prepared.get(key)
        if found is None:
            found = Prepared(self._schema, self._catalog, document, operation_name, self._limits)
            self._prepared[key] = found
            _trim(self._prepared, self._settings.plans_max)
        else:
            self._prepared.move_to_end(key)
        return found


def _trim(kept: OrderedDict[str, DocumentNode] | OrderedDict[tuple[str, str | None], Prepared], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
