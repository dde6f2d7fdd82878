"""The judge: rubrics put to transcripts by a model, with evidence that is checked.

    judge = Judge(settings("claude-sonnet-5-5"), price_file(), salt=secrets.token_hex(16))
    for judged in Judging(judge, items(judge, work)):   # work: (transcript, tasks)
        keep(judged)                                    # before the next is asked for

`prompt` is what it is told, `verdict` what is made of its words, `client` how it is asked.
"""

from scorers.judge.budget import OverBudget
from scorers.judge.client import Fatal
from scorers.judge.judge import Item, Judge, item
from scorers.judge.plan import Plan, calibrate, plan
from scorers.judge.price import Prices, price_file
from scorers.judge.progress import Progress
from scorers.judge.running import Judging, items
from scorers.judge.settings import BadSettings, Settings, settings
from scorers.judge.wire import Abilities

__all__ = [
    "Abilities",
    "BadSettings",
    "Fatal",
    "Item",
    "Judge",
    "Judging",
    "OverBudget",
    "Plan",
    "Prices",
    "Progress",
    "Settings",
    "calibrate",
    "item",
    "items",
    "plan",
    "price_file",
    "settings",
]
