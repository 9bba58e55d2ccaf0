"""The engine that comes with the program: ArcadeDB as a supervised child process behind Bolt.

    embedded    ``EmbeddedEngine``: starts it, watches it, restarts it, stops it
    command     the command line and settings it is started with
    claim       one owner per data folder, and what a dead owner left running
    launch      the few lines between this program and the engine's: they tie its life to ours

The rest of the program meets the engine only through ``graphdb.bolt``, as it meets a Neo4j server.
"""

from graphdb.engine.embedded import EmbeddedEngine, EngineError

__all__ = ["EmbeddedEngine", "EngineError"]
