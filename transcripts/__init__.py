"""What was said: transcripts as values, and reading them from files.

from transcripts import read
for item in read("logs/"):
    print(item)
"""

from transcripts.reading import Options, UnknownFormat, read, read_source
from transcripts.source import Refused, Source, Unreadable
from transcripts.transcript import Message, Part, Said, Score, Transcript

__all__ = [
    "Message",
    "Options",
    "Part",
    "Refused",
    "Said",
    "Score",
    "Source",
    "Transcript",
    "UnknownFormat",
    "Unreadable",
    "read",
    "read_source",
]
