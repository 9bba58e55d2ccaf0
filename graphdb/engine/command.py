"""The embedded engine's command line: where its files are, and the settings it runs with and why."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from graphdb.errors import GraphError

DATABASE = "kinship"
USER = "root"
HOST = "127.0.0.1"
COMMAND_TIMEOUT_MS = 60_000
"""The engine ends a statement that runs longer; the driver's own time-out it ignores."""
MOST_AT_ONCE = 16
"""Requests that run at one time; more wait in the engine's queue."""


class EngineError(GraphError):
    """The embedded engine cannot be started; the text says what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The engine's files in the installed package."""

    java: Path
    jars: Path


def find_distribution() -> Distribution:
    """Locate the engine without importing its package, which would load a Java machine into this process.

    Raises:
        EngineError: It is not installed, for its wheels cover some platforms only.
    """
    found = importlib.util.find_spec("arcadedb_embedded")
    folders = list(found.submodule_search_locations or ()) if found else []
    for folder in folders:
        java = Path(folder, "jre", "bin", "java.exe" if sys.platform == "win32" else "java")
        if java.is_file():
            return Distribution(java=java, jars=Path(folder, "jars"))
    raise EngineError(
        "the embedded engine (the package arcadedb-embedded) is not installed: it exists for Linux on "
        "x86-64, macOS on arm64 and Windows. Elsewhere, name a Neo4j server in NEO4J_URI, NEO4J_USER and "
        "NEO4J_PASSWORD."
    )


def engine_command(
    distribution: Distribution,
    data_dir: Path,
    password_file: Path,
    *,
    heap: str,
    bolt_port: int,
    http_port: int,
) -> list[str]:
    """The whole command. It holds no secret: it names the password's file, which only its owner reads."""
    settings = {
        "server.rootPath": data_dir,
        "server.rootPasswordPath": password_file,
        "server.databaseDirectory": data_dir / "databases",
        "server.logsDirectory": data_dir / "log",
        "server.mode": "production",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.httpIncomingHost": HOST,
        "server.httpIncomingPort": http_port,
        "server.httpWorkerThreads": 16,
        "bolt.host": HOST,
        "bolt.port": bolt_port,
        "bolt.defaultDatabase": DATABASE,
        # Acknowledged means durable: the log is flushed to the disk with every commit.
        "txWalFlush": 2,
        "command.timeout": COMMAND_TIMEOUT_MS,
        "queryMaxConcurrent": MOST_AT_ONCE,
        # A chain of n conditions counts as n deep; the compiler bounds their number.
        "cypher.maxExpressionDepth": 4_000,
        "polyglotCommand.timeout": 1_000,
        "polyglotEngineEnabled": "false",
        "serverMetrics": "false",
    }
    return [
        str(distribution.java),
        f"-Xmx{heap}",
        # It is one of several processes on a developer's machine: start quickly, give memory back.
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
        "-cp",
        str(distribution.jars) + os.sep + "*",
        "com.arcadedb.server.ArcadeDBServer",
    ]
