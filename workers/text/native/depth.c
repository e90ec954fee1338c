/* How deep a page's tags nest, told without building a tree (see workers/cleaner/bounds.py). */
#include "core.h"

#include <string.h>

#define LONGEST_NAME 31
#define MOST_NAMES 128
#define SLOTS 256

typedef struct {
    char name[LONGEST_NAME + 1]; /* in lower case, filled up with zeros; it begins with a letter */
    int32_t open;                /* so many of them are; -1 where it closes by itself */
} element;

static word_table closing_themselves;

/* `words`: the elements that need no end tag or have none, a line feed between two. */
EXPORT int32_t depth_tables(const char *words, int64_t size, const uint64_t *values, int64_t count) {
    return words_build(&closing_themselves, words, (size_t)size, values, (size_t)count);
}

static int is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

/* The element's place in the table; NULL where that is full. */
static element *element_of(element *known, size_t *count, const char *name, size_t size) {
    size_t place = hash_bytes(name, size, 0) & (SLOTS - 1);
    for (; known[place].name[0]; place = (place + 1) & (SLOTS - 1))
        if (!memcmp(known[place].name, name, LONGEST_NAME + 1)) return known + place;
    if ((*count)++ == MOST_NAMES) return NULL;
    uint64_t unused;
    memcpy(known[place].name, name, LONGEST_NAME + 1);
    known[place].open = words_find(&closing_themselves, name, size, &unused) ? -1 : 0;
    return known + place;
}

/* Whether a page (UTF-8) has more tags, or has `fewest` "<" at least and nests deeper or has more kinds of elements: then the Python looks for itself. */
EXPORT int32_t depth_exceeds(const char *source, int64_t size, int64_t fewest, int64_t most_tags, int64_t deepest) {
    element known[SLOTS] = {0};
    size_t count = 0;
    int64_t marks = 0, tags = 0, depth = 0;
    int deep = 0;
    const char *at = source, *end = source + size;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        marks++;
        int closes = ++at < end && *at == '/';
        at += closes;
        if (at >= end) break;
        if (!is_letter(*at)) continue;
        char name[LONGEST_NAME + 1] = {0};
        size_t length = 0;
        for (; at < end && length < LONGEST_NAME && (is_letter(*at) || (*at >= '0' && *at <= ':') || *at == '-'); at++)
            name[length++] = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
        if (++tags > most_tags) return 1;
        if (deep) continue;
        element *one = element_of(known, &count, name, length);
        deep = !one;
        if (deep || one->open < 0) continue;
        if (closes && one->open) {
            one->open--;
            depth--;
        }
        if (closes) continue;
        one->open++;
        deep = ++depth > deepest;
    }
    return deep && marks >= fewest;
}
