"""Who, where, which organisation, and who said what: names with exact offsets, resolved within the article."""
