"""Who answers without a person: signals (rules) and the judge (a model)."""
