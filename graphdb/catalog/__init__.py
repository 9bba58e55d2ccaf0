"""The data model, from files to a checked value. Pure, but for reading the shipped files.

model       the catalog's values: object types, properties, pipelines; parts are what they are made of
sides       associations and labels, and both as seen from one end
changes     what a change of it asks of the records that exist; edit makes such changes
naming      where every name is minted, and the rule for it
files       ``load_catalog_files``, ``standard_catalog``: TOML to catalog, every fault at once
layout      what the files may hold
assemble    the files' content as a catalog: missing names minted, what every type has added
check       whether a catalog is sound; check_types and check_associations are its parts
codec       a catalog as plain data and back, every fault with its place
portable    a catalog as a file for other accounts; compare says what it would change there
standard/   the data model that the program ships with, one file per object type
"""
