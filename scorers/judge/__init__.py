"""The judge: rubrics put to transcripts by a model, with evidence that is checked."""
