"""Offers of more help at the end of a reply."""

from __future__ import annotations

from scorers.signals._cues import Cues

OFFERS = Cues("""
    (would you like|do you want|want|need) (me to|help|more|another|some more)
    would you like (to|a|an|some|any|it|that|the)
    want (a|an|some|one|the) ~ (version|example|draft|list|template|too|summary|look|idea|tip)
    (shall|should) (i|we) (also |maybe |perhaps )?(go|do|draft|write|make|look|try|help|walk|
        think|put|add|start|show|sketch|keep|send|turn|set|work|explain|continue|book|prepare|
        give|go)
    (let me know|just (ask|say|shout|tell me|let me know)) (if|when|whenever|which|whether|and|
        the word)
    feel free to (ask|reach|share|let|tell|message|come)
    (i'm|i am|i'd be|i would be) (always |more than |here and )?(happy|glad|here|delighted) (to|
        if|for|whenever)
    if you('d like| want| wish| like| would like|'re interested|'d rather| prefer),? (i can|
        i could|i'll|we can|we could|just)
    (say|send) (the word|it over|me the)
    (anything|something) else (i can|you('d| would) like|you need|on your mind)
""")
