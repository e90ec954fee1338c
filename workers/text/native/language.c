/* py3langid's reading of a text: a walk through an automaton, byte by byte, then a weighted sum over what was found (see workers/text/language.py). */
#include "core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_number(const void *one, const void *other) {
    int32_t first = *(const int32_t *)one, second = *(const int32_t *)other;
    return (first > second) - (first < second);
}

/* A number of half precision (no infinity): its fields in their places of a float, whose exponent counts from elsewhere; small ones come out right. */
static float from_half(uint16_t half) {
    uint32_t bits = (uint32_t)(half & 0x7fff) << 13, sign = (uint32_t)(half & 0x8000) << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    value *= 0x1p112f;
    memcpy(&bits, &value, sizeof value);
    bits |= sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Add what the text says of each language; how many findings there were, or -1 where memory is short. */
/* The automaton's state after a byte depends on the last `LONGEST` bytes alone (its longest finding has six): so a text is walked in several
   stretches side by side, each from so many bytes before it, and the memory's delays overlap. */
enum { LONGEST = 8, LANES = 8 };

EXPORT int64_t language_scores(const uint32_t *moves, const uint16_t *rows, const int32_t *found, const uint16_t *weights, const uint8_t *text, int64_t size,
                               float *scores, int64_t languages) {
    int32_t *findings = malloc(((size_t)size + 1) * sizeof *findings);
    if (!findings) return -1;
    uint32_t state[LANES] = {0};
    int64_t count = 0, stretch = (size + LANES - 1) / LANES;
    for (int64_t step = -LONGEST; step < stretch; step++)
        for (int64_t lane = 0; lane < LANES; lane++) {
            int64_t i = lane * stretch + step;
            if (i < 0 || i >= size) continue;
            state[lane] = moves[((uint32_t)rows[state[lane]] << 8) + text[i]];
            int32_t finding = found[state[lane]];
            if (step >= 0 && finding >= 0) findings[count++] = finding;
        }
    qsort(findings, (size_t)count, sizeof *findings, by_number);
    for (int64_t i = 0; i < count;) {
        int64_t same = i;
        while (same < count && findings[same] == findings[i]) same++;
        float weight = (float)log1p((double)(same - i));
        const uint16_t *row = weights + (int64_t)findings[i] * languages;
        if (same < count) { /* the next row is on its way while this one is read */
            const char *next = (const char *)(weights + (int64_t)findings[same] * languages);
            for (int64_t line = 0; line < languages * 2; line += 64) __builtin_prefetch(next + line);
        }
        for (int64_t language = 0; language < languages; language++) scores[language] += weight * from_half(row[language]);
        i = same;
    }
    free(findings);
    return count;
}
