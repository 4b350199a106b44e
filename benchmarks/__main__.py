"""Runs the `main` of every benchmark here: `python -m benchmarks`."""

import importlib
import pkgutil
from pathlib import Path

for module in sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)])):
    if not module.startswith("_") and hasattr(loaded := importlib.import_module(f"benchmarks.{module}"), "main"):
        loaded.main()
