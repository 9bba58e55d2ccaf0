"""``python -m app``: the same as ``kinship``."""

from app.cli import main

if __name__ == "__main__":
    main()
