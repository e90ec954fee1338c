/* What the wording of pieces of text tells: a column for each feature, a row for each piece (see workers/cleaner/wording.py). */
#include "core.h"

#include <string.h>

#define MOST_GROUPS 32
#define LONGEST_WORD 64 /* characters; no word of the vocabulary is longer */
#define COPYRIGHT 0xa9
#define SIGMA 0x3a3
#define LAST_SIGMA 0x3c2

static word_table vocabulary; /* keys are lower-case words in UTF-8 */
uint8_t class_of[PLANE + 1];
uint32_t lower_of[PLANE];
static int32_t groups, legal_group;
static size_t longest; /* bytes of the longest word of the vocabulary */

/* `lower`: the lower case of each character of the basic plane. `words`: UTF-8, a line feed between two. */
EXPORT int32_t wording_tables(const uint8_t *classes, const uint32_t *lower, const char *words, int64_t words_size, const uint64_t *values, int64_t count,
                              int32_t group_count, int32_t legal) {
    if (group_count > MOST_GROUPS) return -1;
    memcpy(class_of, classes, sizeof class_of);
    memcpy(lower_of, lower, sizeof lower_of);
    groups = group_count;
    legal_group = legal;
    longest = 0;
    for (int64_t i = 0, start = 0; i <= words_size; i++)
        if (i == words_size || words[i] == '\n') {
            if ((size_t)(i - start) > longest) longest = (size_t)(i - start);
            start = i + 1;
        }
    return words_build(&vocabulary, words, (size_t)words_size, values, (size_t)count);
}

size_t put_utf8(char *into, uint32_t code) {
    if (code < 0x800) {
        into[0] = (char)(0xc0 | code >> 6);
        into[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        into[0] = (char)(0xe0 | code >> 12);
        into[1] = (char)(0x80 | (code >> 6 & 0x3f));
        into[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    into[0] = (char)(0xf0 | (code >> 18 & 0x07));
    into[1] = (char)(0x80 | (code >> 12 & 0x3f));
    into[2] = (char)(0x80 | (code >> 6 & 0x3f));
    into[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* The group of a word; 0 where it is none of the vocabulary's. */
static int32_t group_of(const uint32_t *word, size_t size) {
    if (size > longest || size > LONGEST_WORD) return 0; /* a character takes a byte at least */
    char key[4 * LONGEST_WORD];
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        uint32_t code = word[i];
        if (code < 0x80) {
            key[length++] = (char)(code >= 'A' && code <= 'Z' ? code + 32 : code);
            continue;
        }
        if (code == SIGMA && i && i == size - 1) code = LAST_SIGMA;
        else if (code < PLANE) code = lower_of[code];
        length += put_utf8(key + length, code);
    }
    uint64_t found;
    return words_find(&vocabulary, key, length, &found) ? (int32_t)found : 0;
}

/* Fill the columns (each of `rows` numbers, one after another) for the texts in `codes`: UTF-32, a 0 between two texts. */
EXPORT int32_t wording_describe(const uint32_t *codes, int64_t size, int64_t rows, float *columns) {
    int64_t at = 0, row = 0;
    for (; row < rows; row++, at++) {
        int64_t start = at, counts[CLASSES] = {0}, of_group[MOST_GROUPS] = {0}, words = 0, capitals = 0, wide_spaces = 0, spaces = 0;
        int32_t first_group = -1, last_group = -1;
        int has_bar = 0;
        int64_t signs = 0;
        while (at < size && codes[at]) {
            uint32_t code = codes[at];
            uint8_t kind = class_of[code < PLANE ? code : PLANE];
            if (code == ' ') {
                if (++spaces == 3) wide_spaces = 1;
            } else {
                spaces = 0;
            }
            if (kind < UPPER || kind > DIGIT) {
                counts[kind]++;
                has_bar |= code == '|';
                signs += code == COPYRIGHT;
                at++;
                continue;
            }
            int64_t begin = at;
            words++;
            capitals += kind == UPPER;
            for (;;) {
                counts[kind]++;
                if (++at >= size || !codes[at]) break;
                code = codes[at];
                kind = class_of[code < PLANE ? code : PLANE];
                if (kind < UPPER || kind > DIGIT) break;
            }
            int32_t group = group_of(codes + begin, (size_t)(at - begin));
            if (first_group < 0) first_group = group;
            last_group = group;
            of_group[group]++;
        }
        int64_t length = at - start;
        if (!length) return -1;
        of_group[legal_group] += signs;
        if (codes[start] == COPYRIGHT) first_group = legal_group;
        uint8_t first = class_of[codes[start] < PLANE ? codes[start] : PLANE], last = class_of[codes[at - 1] < PLANE ? codes[at - 1] : PLANE];
        words += counts[WIDE] / 2;
        float characters = (float)length, letters = (float)counts[UPPER] + (float)counts[LOWER] + (float)counts[LETTER];
        float told = words > 1 ? (float)words : 1.0f;
        if (letters < 1.0f) letters = 1.0f;
        float *into = columns + row;
#define PUT(value) (*into = (float)(value), into += rows)
        PUT(characters);
        PUT(words);
        PUT(characters / told);
        PUT((float)counts[UPPER] / letters);
        PUT((float)counts[DIGIT] / characters);
        PUT((float)counts[WIDE] / characters);
        PUT((float)counts[COMMA] / told);
        PUT(counts[STOP]);
        PUT(counts[QUOTE]);
        PUT(counts[BAR]);
        PUT((float)counts[MARK] / characters);
        PUT(first);
        PUT(last);
        PUT(last == STOP || last == QUOTE);
        PUT((float)capitals / told);
        PUT(first_group);
        PUT(last_group);
        for (int32_t group = 1; group < groups; group++) PUT((float)of_group[group] / told);
        for (int32_t group = 2; group < groups; group++) PUT(of_group[group]);
        PUT(wide_spaces + 2 * has_bar);
#undef PUT
    }
    return 0;
}
