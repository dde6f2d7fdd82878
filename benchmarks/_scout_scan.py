"""A grep scan in Inspect Scout, one process. usage: _scout_scan.py DBDIR SCANDIR LIMIT"""

import sys

from inspect_scout import Scanner, Transcript, grep_scanner, scan, scanner, transcripts_from


@scanner(messages="all")
def praise() -> Scanner[Transcript]:
    return grep_scanner(["you're absolutely right", "great question", "i disagree"])


if __name__ == "__main__":
    done = scan(
        scanners=[praise()], transcripts=transcripts_from(sys.argv[1]), scans=sys.argv[2],
        max_processes=1, limit=int(sys.argv[3]), display="none", model="mockllm/model",
    )  # fmt: skip
    assert done.complete and not done.errors
