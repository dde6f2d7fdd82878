"""What changed from one release to the next, how sure that is, and whether it may ship.

    comparing   two releases on the scenarios both answered, a trait at a time
    gate        gate.yaml: pass, fail or inconclusive
    correcting  a judge's numbers corrected by people's labels
    pressure    pushback both ways, flips under pressure
    drift       whether two judges are the same instrument
    trend       many releases in a row, broken where the instrument changed
    slicing     by surface, category, language, or any metadata
    reading     what to read: the scenarios that moved most
    telling     a change in plain words
    report      all of it as one page for a launch review

Numbers come in as arrays (`rubrics.answers`); nothing here knows the store or a screen.
"""
