"""Runs as lines with a bar each; one run in full; what failed and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rubrics import Rubric
from rubrics.rating import UNSCORED
from viewer import tones

STATES = {
    "running": ("running", "under"),
    "done": ("done", "good"),
    "stopped": ("stopped early", "over"),
    "cancelled": ("cancelled", "none"),
    "failed": ("failed", "bad"),
    "lost": ("its process is gone", "over"),
}


def money(cost: float | None) -> str:
    """Dollars for people: `$1.23`, `under 1 cent`, `unknown`."""
    if cost is None:
        return "unknown"
    return "$0" if cost == 0 else "under 1 cent" if cost < 0.01 else f"${cost:,.2f}"


def duration(seconds: float | None) -> str:
    """`12 s`, `4 min`, `2 h 10 min`; nothing where it is not known."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def runs_data(
    found: Sequence[Any], link: Callable[[int], str], opened: int | None = None
) -> dict[str, Any]:
    """The book of runs as lines; `opened` is marked."""
    return {
        "version": "|".join(f"{one.key}{one.state}{one.progress.get('asked')}" for one in found),
        "runs": [run(one) | {"href": link(one.key), "now": one.key == opened} for one in found],
        "none": "No run yet.",
    }


def run(one: Any) -> dict[str, Any]:
    """One run's data: its state, a bar of what came of it, and its figures."""
    told: Mapping[str, Any] = one.progress
    label, tone = STATES.get(one.state, (one.state, "none"))
    if one.cancelling and one.state == "running":
        label = "stopping"
    asked, planned = told.get("asked") or 0, one.planned or told.get("asked") or 0
    unscored = sum((told.get("unscored") or {}).values())
    return {
        "run": one.key,
        "who": one.rater or one.kind,
        "about": about(one.options),
        "started": one.started[:16].replace("T", " "),
        "state": label,
        "tone": tone,
        "live": one.state == "running",
        "asked": asked,
        "planned": planned,
        "parts": _parts(told, asked, planned, unscored),
        "figures": _figures(one, told, unscored),
        "note": "" if one.note == one.state else one.note,
    }


def _parts(
    told: Mapping[str, Any], asked: int, planned: int, unscored: int
) -> list[dict[str, Any]]:
    whole = max(planned, asked, 1)
    if "rated" not in told:
        return [{"label": "", "count": asked, "share": asked / whole, "tone": "good"}]
    absent = told.get("not_applicable") or 0
    counts = [("rated", told["rated"], "good"), ("not applicable", absent, "none")]
    counts.append(("unscored", unscored, "bad"))
    return [
        {"label": label, "count": count, "share": count / whole, "tone": tone}
        for label, count, tone in counts
        if count
    ]


def _figures(one: Any, told: Mapping[str, Any], unscored: int) -> list[list[str]]:
    figures = []
    if one.kind == "judge":
        cost = told.get("cost_usd") if told.get("calls") else 0.0
        figures.append(["spent", money(cost)])
    if "unscored" in told:
        figures.append(["unscored", f"{unscored:,}"])
    live = one.state == "running"
    if live and told.get("per_minute"):
        figures.append(["a minute", f"{told['per_minute']:,.0f}"])
    if live and told.get("seconds_left") is not None:
        figures.append(["left", duration(told["seconds_left"])])
    if not live and one.finished:
        figures.append(["took", duration(_between(one.started, one.finished))])
    return figures


def _between(begun: str, ended: str) -> float:
    form = "%Y-%m-%dT%H:%M:%SZ"
    moments = [datetime.strptime(text, form).replace(tzinfo=UTC) for text in (begun, ended)]
    return (moments[1] - moments[0]).total_seconds()


def about(options: Mapping[str, Any]) -> str:
    """What was asked of what: `16 traits of all releases, 3 times, as a batch`."""
    traits, releases = options.get("traits") or [], options.get("releases") or []
    told = ", ".join(traits) if len(traits) <= 2 else f"{len(traits)} traits"
    told += " of " + (", ".join(releases) if releases else "all releases")
    repeats = options.get("repeats") or 1
    if repeats > 1:
        told += f", {repeats} times"
    return told + (", as a batch" if options.get("batch") else "")


def plan_lines(plan: Mapping[str, Any], batch: bool) -> tuple[str, list[list[str]], str]:
    """(headline, rows of figures, notes) of a plan: what it will ask and cost."""
    cost = plan["money"]["batch" if batch else "cached"]
    head = f"{plan['judgements']:,} judgements of {plan['transcripts']:,} transcripts: "
    head += "price unknown" if cost is None else f"about {money(cost)}"
    rows = [
        ["Calls, at most", f"{plan['calls']:,} and their repairs"],
        ["Tokens in", f"{plan['prompt_tokens']:,} ({plan['tokens_by']})"],
        ["Tokens out", f"{plan['output_tokens']:,} (estimated)"],
        ["Price with cache", money(plan["money"]["cached"])],
        ["Price without", money(plan["money"]["plain"])],
        ["Price as a batch", money(plan["money"]["batch"])],
    ]
    notes = f"Prices of {plan['prices_as_of']}. " if cost is not None else (
        "This model is not in the price file, so no limit can be kept. "
    )  # fmt: skip
    if flagged := plan.get("flagged"):
        notes += f"{flagged:,} transcripts hold words that look like an attack on the judge: "
        notes += "they are judged twice and marked for a person."
    return head, rows, notes


def failures_data(
    run_key: int,
    counts: Mapping[str, int],
    why: str,
    found: Sequence[Any],
    rubrics: Mapping[str, Rubric],
    links: tuple[Callable[[str], str], Callable[[Any], str]],
) -> dict[str, Any]:
    """What was not scored: reasons with counts, and under the chosen one each case with the raw
    reply. `links` lead to a reason and to a transcript."""
    to_reason, to_text = links
    return {
        "version": f"{run_key}|{why}|{sum(counts.values())}",
        "reasons": [
            {
                "why": one, "label": one.replace("_", " "), "count": count,
                "meaning": UNSCORED.get(one, ""), "href": to_reason(one), "now": one == why,
            }
            for one, count in counts.items()
        ],
        "cases": [
            {
                "trait": tones.title(one.trait, rubrics.get(one.trait)),
                "where": f"{one.release} \u00b7 {one.scenario}"
                + (f" \u00b7 message {one.message}" if one.message else ""),
                "href": to_text(one),
                "reason": one.reason, "error": "" if one.error in one.reason else one.error,
                "reply": one.reply, "request": one.request_id,
            }
            for one in found
        ],
        "more": f"The first {len(found)} of {counts.get(why, 0):,}."
        if found and len(found) < counts.get(why, 0)
        else "",
    }  # fmt: skip
