"""The import in Inspect Scout. usage: _scout_import.py IN.jsonl DBDIR"""

import asyncio
import json
import sys
from pathlib import Path

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_scout import Transcript, transcripts_db

SPEAKERS = {"user": ChatMessageUser, "assistant": ChatMessageAssistant}


async def items():
    with Path(sys.argv[1]).open() as lines:
        for line in lines:
            told = json.loads(line)
            said = [
                SPEAKERS[m["role"]](id=f"{told['id']}-{n}", content=m["content"])
                for n, m in enumerate(told["messages"])
            ]
            yield Transcript(
                transcript_id=told["id"], source_type="synthetic", source_id=told["id"],
                source_uri=sys.argv[1], model=told["model"], task_set=told["task"],
                task_id=told["id"], message_count=len(said), messages=said,
            )  # fmt: skip


async def main():
    async with transcripts_db(sys.argv[2]) as db:
        await db.insert(items())


asyncio.run(main())
