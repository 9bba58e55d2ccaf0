"""The data model: ``model`` holds it, ``naming`` mints its names, ``files`` reads it, ``check`` proves it sound."""
