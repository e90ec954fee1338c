"""From a page as a crawler or an aggregator left it to the article alone, and a record of what was cut."""
