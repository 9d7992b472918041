"""The program's own files in; the version that each run states out."""

from __future__ import annotations

import hashlib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CODE = ("flows", "schemas", "transforms", "warehouse", "seeds/reference")


def tell_code_version() -> str:
    """Return the program's version with a hash of its code and rules: same inputs and same version, same tables."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for part in CODE:
        for path in sorted((PROJECT / part).rglob("*")):
            if path.suffix in (".py", ".csv", ".sql"):
                digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{version('yaodian')}+{digest.hexdigest()[:12]}"
