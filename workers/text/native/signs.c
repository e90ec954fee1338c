/* In which lines of a text one of some words stands: all words in one pass (see signs_of in workers/cleaner/lines.py). */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#define MOST_SIGNS 256

static struct {
    const char *at;
    size_t size;
    uint8_t mark;
} signs[MOST_SIGNS];
static size_t sign_count;
static uint8_t first_two[65536 / 8]; /* which two bytes begin a sign; a sign has two at least, or any byte may follow its one */
static char *own;

/* `words`: UTF-8, a line feed between two; `marks`: what each says of its line. */
EXPORT int32_t signs_tables(const char *words, int64_t size, const uint8_t *marks, int64_t count) {
    if (count > MOST_SIGNS) return -1;
    char *copy = malloc((size_t)size + 1);
    if (!copy) return -1;
    memcpy(copy, words, (size_t)size);
    free(own);
    own = copy;
    memset(first_two, 0, sizeof first_two);
    const char *at = own, *end = own + size;
    for (sign_count = 0; sign_count < (size_t)count; sign_count++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        signs[sign_count].at = at;
        signs[sign_count].size = (size_t)(stop - at);
        signs[sign_count].mark = marks[sign_count];
        if (stop == at) return -1;
        unsigned first = (unsigned char)at[0];
        for (unsigned second = 0; second < 256; second++)
            if (stop - at == 1 || second == (unsigned char)at[1]) first_two[(first << 8 | second) >> 3] |= (uint8_t)(1u << (second & 7));
        at = stop < end ? stop + 1 : end;
    }
    return 0;
}

/* Add to the marks of each line of the text (UTF-8, a line feed between two, as many lines as marks). */
EXPORT int32_t signs_mark(const char *text, int64_t size, uint8_t *marks, int64_t lines) {
    int64_t line = 0;
    for (int64_t i = 0; i < size; i++) {
        unsigned first = (unsigned char)text[i], second = i + 1 < size ? (unsigned char)text[i + 1] : '\n';
        if (first == '\n') {
            if (++line >= lines) return -1;
            continue;
        }
        if (!(first_two[(first << 8 | second) >> 3] >> (second & 7) & 1)) continue;
        for (size_t sign = 0; sign < sign_count; sign++)
            if ((size_t)(size - i) >= signs[sign].size && !memcmp(text + i, signs[sign].at, signs[sign].size)) marks[line] |= signs[sign].mark;
    }
    return 0;
}
