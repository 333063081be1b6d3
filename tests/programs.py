"""Programs of Debian packages that tests start."""

import os
import shutil


def program_path(name: str) -> str | None:
    """Return where a program is, or None; Debian puts daemons where not every user looks."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
