"""Cypher as text and parameters. Pure: nothing here runs anything."""
