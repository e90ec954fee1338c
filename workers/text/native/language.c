/* py3langid's reading of a text: a walk through an automaton, byte by byte, then a weighted sum over what was found (see workers/text/language.py). */
#include "core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 9
#define DIGITS (1 << DIGIT_BITS)
#define AHEAD 4 /* rows of weights that are on their way while one is read */

/* Sort what was found by its number, digit after digit. `spare` has room for as many. */
static void sort_numbers(int32_t *numbers, int32_t *spare, int64_t count) {
    int32_t highest = 0;
    for (int64_t i = 0; i < count; i++) highest |= numbers[i];
    int32_t *from = numbers, *into = spare;
    for (int shift = 0; shift < 31 && highest >> shift; shift += DIGIT_BITS) {
        int64_t starts[DIGITS + 1] = {0};
        for (int64_t i = 0; i < count; i++) starts[(from[i] >> shift & (DIGITS - 1)) + 1]++;
        for (int digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
        for (int64_t i = 0; i < count; i++) into[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        int32_t *done = from;
        from = into;
        into = done;
    }
    if (from != numbers) memcpy(numbers, from, (size_t)count * sizeof *numbers);
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

/* The automaton's state after a byte depends on the last `LONGEST` bytes alone (its longest finding has six): so a text is walked in several
   stretches side by side, each from so many bytes before it, and the memory's delays overlap. */
enum { LONGEST = 8, LANES = 16 };

/* Add what the text says of each language; how many findings there were, or -1 where memory is short. */
EXPORT int64_t language_scores(const uint32_t *moves, const uint16_t *rows, const int32_t *found, const uint16_t *weights, const uint8_t *text, int64_t size,
                               float *restrict scores, int64_t languages) {
    int32_t *findings = malloc(((size_t)size + 1) * 2 * sizeof *findings);
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
    int32_t *times = findings + size; /* of each different finding, how often */
    sort_numbers(findings, times, count);
    int64_t different = 0;
    for (int64_t i = 0; i < count; i++) {
        if (different && findings[different - 1] == findings[i]) {
            times[different - 1]++;
        } else {
            findings[different] = findings[i];
            times[different++] = 1;
        }
    }
    for (int64_t i = 0; i < different; i++) {
        if (i + AHEAD < different) {
            const char *next = (const char *)(weights + (int64_t)findings[i + AHEAD] * languages);
            for (int64_t line = 0; line < languages * 2; line += 64) __builtin_prefetch(next + line);
        }
        float weight = (float)log1p((double)times[i]);
        const uint16_t *row = weights + (int64_t)findings[i] * languages;
        for (int64_t language = 0; language < languages; language++) scores[language] += weight * from_half(row[language]);
    }
    free(findings);
    return count;
}
