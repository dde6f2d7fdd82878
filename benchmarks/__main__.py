"""Run the benchmarks named on the command line, or all, and print what was measured."""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys
import time

import benchmarks


def main() -> None:
    """Print a table of figures for each benchmark; exit 1 where a bar is not held."""
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != "_"]
    chosen = [name for name in names if not sys.argv[1:] or name.strip("_") in sys.argv[1:]]
    held = True
    print(f"Python {platform.python_version()}, {platform.machine()}; medians; CPU of the process")
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}")
        begun = time.monotonic()
        for one in module.run():
            mark = {True: "held", False: "NOT HELD", None: ""}[one.holds]
            print(f"  {one.what:<58} {one.seen:<34} {one.bar:<40} {mark}", flush=True)
            held = held and one.holds is not False
        print(f"  ({time.monotonic() - begun:.0f} s)")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
