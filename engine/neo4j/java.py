# ruff: noqa: INP001 - programs, not a package
"""Find a Java that can run the server: version 21 or newer, with a compiler, for it is run from source."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = 21
_FOLDERS = (
    ("/usr/lib/jvm", "*/bin/java"),
    ("/usr/java", "*/bin/java"),
    ("/opt", "*j*/bin/java"),
    ("/Library/Java/JavaVirtualMachines", "*/Contents/Home/bin/java"),
    ("/opt/homebrew/opt", "openjdk*/bin/java"),
    ("~/.sdkman/candidates/java", "*/bin/java"),
    ("~/.jdks", "*/bin/java"),
)
_VERSION = re.compile(r'version "(\d+)')


class JavaNotFoundError(Exception):
    """No Java that will do; the text says what was looked at."""


def find_java() -> str:
    """The first Java that will do, of: JAVA_HOME, the path, the usual folders.

    Raises:
        JavaNotFoundError: There is none.
    """
    seen: list[str] = []
    for candidate in dict.fromkeys(_candidates()):
        version = _version(candidate)
        if version is None:
            continue
        if version >= OLDEST and _compiles(candidate):
            return candidate
        seen.append(f"{candidate} (version {version})")
    found = ", ".join(seen) or "none"
    raise JavaNotFoundError(
        f"Neo4j needs a JDK of version {OLDEST} or newer; found: {found}. Install one, or name its folder in JAVA_HOME."
    )


def _candidates() -> Iterator[str]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield str(Path(home, "bin", "java"))
    on_path = shutil.which("java")
    if on_path:
        yield on_path
    for folder, pattern in _FOLDERS:
        root = Path(folder).expanduser()
        if root.is_dir():
            yield from sorted(map(str, root.glob(pattern)), reverse=True)


def _version(java: str) -> int | None:
    found = _VERSION.search(_ask(java, "-version"))
    return int(found[1]) if found else None


def _compiles(java: str) -> bool:
    return "jdk.compiler" in _ask(java, "--list-modules")


def _ask(java: str, question: str) -> str:
    try:
        asked = subprocess.run([java, question], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout + asked.stderr
