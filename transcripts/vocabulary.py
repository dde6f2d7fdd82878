"""What people call the columns of a conversation: the words by which an unknown file is guessed."""

from __future__ import annotations

from transcripts.transcript import Role

ROLE_KEYS = (
    "role", "from", "sender", "author", "speaker", "type", "who", "author.role", "source", "name",
    "user", "participant", "side",
)  # fmt: skip
TEXT_KEYS = (
    "content", "text", "value", "message", "body", "utterance", "msg", "content.text", "data",
    "words", "body.text", "message.content", "content.parts.0", "response",
)  # fmt: skip
ASKED = (
    "prompt", "question", "input", "instruction", "query", "user", "user_message", "user_prompt",
    "human", "user_input", "request", "problem", "message", "text", "q",
)  # fmt: skip
ANSWERED = (
    "response", "answer", "output", "completion", "reply", "assistant", "model_output",
    "generation", "generated_text", "model_response", "prediction", "assistant_message", "bot",
    "result", "a",
)  # fmt: skip
SYSTEM = ("system", "system_prompt", "system_message", "persona", "context")
NAMED = {
    "release": ("release", "version", "run", "checkpoint"),
    "model": ("model", "model_name", "model_id", "llm", "engine", "generator", "ai_model"),
    "scenario": (
        "scenario", "scenario_id", "prompt_id", "question_id", "item_id", "task_id", "example_id",
        "id", "uuid", "idx", "key",
    ),
    "sample": ("sample", "epoch", "repeat", "trial", "attempt"),
}  # fmt: skip
RATED = (
    "score", "rating", "grade", "label", "likert", "stars", "helpfulness", "harmlessness",
    "toxicity", "csat", "nps",
)  # fmt: skip
WORDS: tuple[tuple[Role, tuple[str, ...]], ...] = (
    ("system", ("sys", "instruction", "developer")),
    ("tool", ("tool", "function", "observation", "environment")),
    (
        "assistant",
        ("assist", "bot", "agent", "model", "gpt", "claude", "llm", "reply", "support", "ai"),
    ),
    (
        "user",
        ("user", "human", "customer", "client", "person", "student", "patient", "caller", "me"),
    ),
)
