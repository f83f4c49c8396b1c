"""All benches, one after the other, each in a process of its own; they write bench/RESULTS.md."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The order of a quiet machine: what measures a cold start comes first.
BENCHES = (
    "cold",
    "feed",
    "search",
    "centre",
    "fanout",
    "publish",
    "idle",
    "beacons",
    "chat",
    "ledger",
    "chaos",
    "smooth",
    "settle",
)


def main() -> int:
    """Run those that were named, or all; the exit status is 1 when one of them failed."""
    chosen = sys.argv[1:] or BENCHES
    failed = []
    for name in chosen:
        print(f"── {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
