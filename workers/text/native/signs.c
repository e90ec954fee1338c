/* In which lines of a text one of some words stands: all words in one pass (see workers/cleaner/signs.py). */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#define MOST_SIGNS 255
#define DOTTED_I 0x130 /* the one letter whose lower case is two characters */

static struct {
    const char *at;
    size_t size;
    uint8_t mark;
    uint8_t next; /* the next sign (its number and one) that begins with the same two bytes, or 0 */
} signs[MOST_SIGNS];
static size_t sign_count;
static uint8_t first_two[65536]; /* the first sign (its number and one) that begins with these two bytes, or 0 */
static uint8_t alone[256];       /* the marks of the signs of one byte */
static char *own;
static uint8_t figure, astral;

static unsigned pair_at(const char *at) { return (unsigned)(unsigned char)at[0] << 8 | (unsigned char)at[1]; }

/* `words`: UTF-8 in lower case, a line feed between two; `marks`: what each says of its line; of a figure, of a character beyond the basic plane. */
EXPORT int32_t signs_tables(const char *words, int64_t size, const uint8_t *marks, int64_t count, int32_t figure_mark, int32_t astral_mark) {
    if (count > MOST_SIGNS) return -1;
    char *copy = malloc((size_t)size + 1);
    if (!copy) return -1;
    memcpy(copy, words, (size_t)size);
    free(own);
    own = copy;
    figure = (uint8_t)figure_mark;
    astral = (uint8_t)astral_mark;
    memset(alone, 0, sizeof alone);
    memset(first_two, 0, sizeof first_two);
    const char *at = own, *end = own + size;
    for (sign_count = 0; sign_count < (size_t)count; sign_count++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        signs[sign_count].at = at;
        signs[sign_count].size = (size_t)(stop - at);
        signs[sign_count].mark = marks[sign_count];
        if (stop == at) return -1;
        if (stop - at == 1) {
            alone[(unsigned char)*at] |= marks[sign_count];
        } else {
            uint8_t *first = first_two + pair_at(at);
            signs[sign_count].next = *first;
            *first = (uint8_t)(sign_count + 1);
        }
        at = stop < end ? stop + 1 : end;
    }
    return 0;
}

/* The line in lower case, as UTF-8; what Python's str.lower gives, but for the last sigma of a word, which stands in no sign. */
static size_t lowered(const unsigned char *at, const unsigned char *end, char *into, uint8_t *mark) {
    size_t size = 0;
    while (at < end) {
        if (*at < 0x80) {
            unsigned char byte = *at++;
            if (byte >= '0' && byte <= '9') *mark |= figure;
            into[size++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
            continue;
        }
        uint32_t code;
        at += character_at(at, end, &code);
        if (code >= PLANE) {
            *mark |= astral;
            into[size++] = (char)0xff; /* stands in no sign */
            continue;
        }
        if (class_of[code] == DIGIT) *mark |= figure;
        if (code == DOTTED_I) { /* becomes two characters */
            memcpy(into + size, "i\xcc\x87", 3);
            size += 3;
        } else if ((code = lower_of[code]) < 0x80) {
            into[size++] = (char)code;
        } else {
            size += put_utf8(into + size, code);
        }
    }
    return size;
}

/* Mark each line of the text (UTF-8, a line feed between two, as many lines as marks) that has at most `longest` characters. */
EXPORT int32_t signs_mark(const char *text, int64_t size, int64_t longest, uint8_t *marks, int64_t lines) {
    char *small = malloc((size_t)longest * 4 + 4); /* a character in lower case takes three bytes at most, with one behind for the last pair */
    if (!small) return -1;
    const char *at = text, *end = text + size;
    for (int64_t line = 0; line < lines; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        if (stop - at <= longest || (stop - at <= longest * 4 && (int64_t)characters(at, (size_t)(stop - at)) <= longest)) {
            uint8_t mark = 0;
            size_t count = lowered((const unsigned char *)at, (const unsigned char *)stop, small, &mark);
            small[count] = '\n';
            for (size_t i = 0; i < count; i++) {
                mark |= alone[(unsigned char)small[i]];
                for (unsigned sign = first_two[pair_at(small + i)]; sign; sign = signs[sign - 1].next)
                    if (count - i >= signs[sign - 1].size && !memcmp(small + i, signs[sign - 1].at, signs[sign - 1].size)) mark |= signs[sign - 1].mark;
            }
            marks[line] = mark;
        }
        at = stop < end ? stop + 1 : end;
    }
    free(small);
    return at == end ? 0 : -1;
}
