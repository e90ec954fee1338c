"""Pure tools for text that several domains share: charsets, normal form, lines, spans, languages."""
