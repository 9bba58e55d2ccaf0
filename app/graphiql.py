"""GraphiQL from the installation: the page, its files, and the policy that keeps it to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response

FOLDER: Final = Path(__file__).parent / "static" / "graphiql"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src data:; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only our own files. Fonts are data in the style sheet, and the editor sets styles on its elements."""


def page() -> Response:
    """The page. It asks for nothing from another address."""
    return HTMLResponse(
        (FOLDER / "index.html").read_text(encoding="utf-8"),
        headers={
            "content-security-policy": CONTENT_SECURITY_POLICY,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cache-control": "no-cache",
            "vary": "accept",
        },
    )


def files() -> Mount:
    """The route of the page's files."""
    return Mount("/static/graphiql", app=StaticFiles(directory=FOLDER), name="graphiql")
