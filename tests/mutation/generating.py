"""Has mutmut write the mutants of the folder that it runs in: `python -m tests.mutation.generating`."""

import os

from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
from mutmut.configuration import Config

if __name__ == "__main__":
    os.environ["MUTANT_UNDER_TEST"] = "mutant_generation"
    Config.ensure_loaded()
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(2)
