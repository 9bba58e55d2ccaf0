"""Sums beyond 64 bits: both engines go on in floating point without a word, so a float is refused."""

from __future__ import annotations

import pytest
from graphql import FieldNode, GraphQLError, NameNode

from graphdb.catalog.model import PropertyType
from schema.compiler.aggregates import checked_sum, mean

NODE = FieldNode(name=NameNode(value="sum"))


@pytest.mark.parametrize("total", [1e19, -9.3e18, 2**63])
def test_a_sum_of_amounts_beyond_64_bits_is_an_error(total: float) -> None:
    """Never a wrong number, neither as a sum nor as a mean."""
    for function in (checked_sum, mean):
        with pytest.raises(GraphQLError, match="64 bits"):
            function(PropertyType.MONEY, NODE, ("sum",), total, 3)


def test_a_sum_of_amounts_has_as_many_digits_as_64_bits_hold() -> None:
    """15 digits before the point."""
    assert checked_sum(PropertyType.MONEY, NODE, (), 2**63 - 1, 2) == "922337203685477.5807"
