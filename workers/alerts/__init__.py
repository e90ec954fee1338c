"""Alert rules: what people wait for, matched against each enriched article, and delivered."""
