"""Run the benchmarks named on the command line, or all, and print what was measured.

    python -m benchmarks [NAME ...]

Exit 1 where a bar is not held or a benchmark fails; 2 for a name that is none.
"""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys
import time
from pathlib import Path
from types import ModuleType

import benchmarks


def main() -> None:
    """Print a table of figures for each benchmark."""
    there = _there()
    asked = sys.argv[1:]
    if {"-h", "--help"} & set(asked):
        print(f"{(__doc__ or '').strip()}\n")
        for name in there:
            print(f"    {name:<12}  {_about(importlib.import_module(f'benchmarks.{name}'))}")
        return
    if strange := [name for name in asked if name not in there]:
        print(f"no benchmark {strange[0]!r}; there are: {', '.join(there)}", file=sys.stderr)
        sys.exit(2)
    print(f"Python {platform.python_version()}, {platform.machine()}; medians; CPU of the process")
    held = [_run(name) for name in there if not asked or name in asked]
    sys.exit(0 if all(held) else 1)


def _there() -> list[str]:
    """Every module here that is a benchmark: it says `def run(`."""
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != "_"]
    here = Path(benchmarks.__file__).parent
    return [name for name in names if "\ndef run(" in (here / f"{name}.py").read_text("utf-8")]


def _about(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]


def _run(name: str) -> bool:
    """Whether all bars of a benchmark were held; one that fails does not end the others."""
    begun, held = time.monotonic(), True
    module = importlib.import_module(f"benchmarks.{name}")
    print(f"\n{name}: {_about(module)}")
    try:
        for one in module.run():
            mark = {True: "held", False: "NOT HELD", None: ""}[one.holds]
            print(f"  {one.what:<58} {one.seen:<34} {one.bar:<40} {mark}", flush=True)
            held = held and one.holds is not False
    except BrokenPipeError:  # nobody reads on
        raise
    except Exception as error:
        told = str(error).strip().splitlines() or [""]
        print(f"  FAILED: {type(error).__name__}: {told[0]}", flush=True)
        print(*told[1:], sep="\n", file=sys.stderr)
        held = False
    print(f"  ({time.monotonic() - begun:.0f} s)")
    return held


if __name__ == "__main__":
    main()
