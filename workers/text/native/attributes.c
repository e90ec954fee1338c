/* What the names and attributes of tags tell: what a tag does to the reading, the places that class and id name, whether it hides its element. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_HEAD 3000  /* characters of attributes that are read for class words */
#define LONGEST_VALUE 300  /* characters of one attribute's value, likewise */
#define LONGEST_STYLE 500  /* characters between style=" and what hides */

static word_table place_words, tag_places, tag_kinds, telling_names;
static uint64_t body_property;
uint8_t is_plain[PLANE];

EXPORT int32_t reading_tables(const char *words, int64_t words_size, const uint64_t *word_bits, int64_t word_count, const char *tags,
                              int64_t tags_size, const uint64_t *tag_bits, int64_t tag_count, const char *kinds, int64_t kinds_size,
                              const uint64_t *kind_values, int64_t kind_count, const char *telling, int64_t telling_size, int64_t telling_count,
                              uint64_t property, const uint8_t *plain) {
    memcpy(is_plain, plain, sizeof is_plain);
    uint64_t *ones = calloc((size_t)telling_count + 1, sizeof *ones);
    if (!ones) return -1;
    int failed = words_build(&place_words, words, (size_t)words_size, word_bits, (size_t)word_count) ||
                 words_build(&tag_places, tags, (size_t)tags_size, tag_bits, (size_t)tag_count) ||
                 words_build(&tag_kinds, kinds, (size_t)kinds_size, kind_values, (size_t)kind_count) ||
                 words_build(&telling_names, telling, (size_t)telling_size, ones, (size_t)telling_count);
    free(ones);
    body_property = property;
    return failed ? -1 : 0;
}

int kind_of(slice name) {
    uint64_t known;
    return words_find(&tag_kinds, name.at, name.size, &known) ? (int)known : BLOCK;
}

static int is_word_byte(unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte >= 0x80;
}

/* The places that the words of lower case ASCII letters and digits name: digits with the letters behind them, or letters. */
static uint64_t bits_of_words(const char *text, size_t size) {
    uint64_t bits = 0, found;
    size_t at = 0;
    while (at < size) {
        size_t start = at;
        while (at < size && text[at] >= '0' && text[at] <= '9') at++;
        while (at < size && text[at] >= 'a' && text[at] <= 'z') at++;
        if (at == start) {
            at++;
            continue;
        }
        if (words_find(&place_words, text + start, at - start, &found)) bits |= found;
    }
    return bits;
}

/* The places that one word of a class list or id names. */
static uint64_t token_bits(const char *token, size_t size) {
    size_t plain = 0;
    while (plain < size && (token[plain] & 0x80) == 0 && !(token[plain] >= 'A' && token[plain] <= 'Z')) plain++;
    if (plain == size) return bits_of_words(token, size); /* in lower case already */
    char lower[4 * LONGEST_VALUE + 8], split[8 * LONGEST_VALUE + 16];
    size_t length = 0, splits = 0;
    lower[0] = split[0] = 0;
    int camel = 0;
    const unsigned char *at = (const unsigned char *)token, *end = at + size;
    char before = 0;
    while (at < end) {
        uint32_t code;
        at += character_at(at, end, &code);
        char letter = code < 0x80 ? (char)code : (char)0x7f; /* no letter of ours */
        int upper = letter >= 'A' && letter <= 'Z';
        if (upper && before >= 'a' && before <= 'z') {
            split[splits++] = ' ';
            camel = 1;
        }
        before = letter;
        if (upper) letter = (char)(letter + 32);
        if (code == 0x212a) letter = 'k'; /* the signs whose lower case has an ASCII letter: Kelvin and the dotted I */
        if (code == 0x130) letter = 'i';
        lower[length++] = letter;
        split[splits++] = letter;
        if (code == 0x130) {
            lower[length++] = 0x7f;
            split[splits++] = 0x7f;
        }
    }
    uint64_t bits = bits_of_words(lower, length);
    return camel ? bits | bits_of_words(split, splits) : bits;
}

/* Whether what stands before a value ends in an attribute name that tells of a place, and "=". */
static int tells(const char *at, const char *end) {
    if (end == at || end[-1] != '=') return 0;
    const char *stop = end - 1, *start = stop;
    while (start > at && (is_word_byte((unsigned char)start[-1]) || start[-1] == '-')) start--;
    uint64_t unused;
    for (; start < stop; start++) /* "data-type", or "type" behind any hyphen */
        if ((start == at || !is_word_byte((unsigned char)start[-1])) && words_find(&telling_names, start, (size_t)(stop - start), &unused)) return 1;
    return 0;
}

uint64_t element_bits(slice tag, slice attributes) {
    uint64_t bits = 0;
    if (!words_find(&tag_places, tag.at, tag.size, &bits)) bits = 0;
    if (!attributes.size) return bits;
    slice read = first_characters(attributes, LONGEST_HEAD);
    const char *at = read.at, *end = read.at + read.size;
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) break;
        const char *value = quote + 1, *stop = value <= end ? memchr(value, '"', (size_t)(end - value)) : NULL;
        if (!stop) stop = end;
        if (tells(at, quote)) {
            slice cut = first_characters((slice){value, (size_t)(stop - value)}, LONGEST_VALUE);
            const unsigned char *here = (const unsigned char *)cut.at, *last = here + cut.size, *start = here;
            while (here < last) {
                uint32_t code;
                size_t size = character_at(here, last, &code);
                if (is_space(code)) {
                    if (here > start) bits |= token_bits((const char *)start, (size_t)(here - start));
                    start = here + size;
                }
                here += size;
            }
            if (last > start) bits |= token_bits((const char *)start, (size_t)(last - start));
        }
        if (stop >= end) break;
        at = stop + 1;
    }
    const char *all = attributes.at, *last = all + attributes.size, *property = all;
    while ((property = find(property, last, "itemprop=\"", 10))) {
        property += 10;
        size_t left = (size_t)(last - property);
        if ((left >= 11 && !memcmp(property, "articleBody", 11)) || (left >= 4 && !memcmp(property, "text", 4))) return bits | body_property;
    }
    return bits;
}

static const char *skip_spaces(const char *at, const char *end) {
    while (at < end) {
        uint32_t code;
        size_t size = character_at((const unsigned char *)at, (const unsigned char *)end, &code);
        if (!is_space(code)) break;
        at += size;
    }
    return at;
}

static int says_after_colon(const char *at, const char *end, const char *what, size_t size) {
    at = skip_spaces(at, end);
    if (at == end || *at != ':') return 0;
    at = skip_spaces(at + 1, end);
    return (size_t)(end - at) >= size && !memcmp(at, what, size);
}

/* Whether a style, from behind its opening quotation mark, hides the element. */
static int style_hides(const char *at, const char *end) {
    size_t seen = 0;
    for (; at < end && *at != '"'; at++) {
        if (((unsigned char)*at & 0xc0) != 0x80 && seen++ > LONGEST_STYLE) return 0;
        size_t left = (size_t)(end - at);
        if (left > 7 && !memcmp(at, "display", 7) && says_after_colon(at + 7, end, "none", 4)) return 1;
        if (left > 10 && !memcmp(at, "visibility", 10) && says_after_colon(at + 10, end, "hidden", 6)) return 1;
    }
    return 0;
}

/* Whether a tag carries `hidden` or a style that hides it. */
int is_hidden(const char *head, const char *end) {
    const char *at = head;
    while (at < end) {
        if (end - at >= 8 && eight_signs(at)) {
            at += 8;
            continue;
        }
        if ((signed char)*at > 0x20) {
            at++;
            continue;
        }
        uint32_t code;
        at += character_at((const unsigned char *)at, (const unsigned char *)end, &code);
        if (!is_space(code)) continue;
        size_t left = (size_t)(end - at);
        if (left >= 6 && !memcmp(at, "hidden", 6) && (left == 6 || at[6] == '=' || (left == 7 && at[6] == '\n'))) return 1;
        if (left >= 7 && !memcmp(at, "style=\"", 7) && style_hides(at + 7, end)) return 1;
    }
    return 0;
}
