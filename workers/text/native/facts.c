/* What each line of a text may hold (workers/cleaner/line_facts.py), and which lines say one of some things (`which_say` in workers/text/normalize.py). */
#include "core.h"

#include <string.h>

/* The bits of a line's mark, as in workers/cleaner/line_facts.py; the eight above them are those of the words that lines begin with. */
enum { DATED = 1, PROSE = 2, OPENERS_SHIFT = 8 };
/* What is said of a character: `\w` of Python's re, and whether it is a decimal figure. */
enum { WORD = 1, FIGURE = 2 };
#define KNOWN 0x40000 /* no character above is either */
#define LONGEST_GAP 36
#define CLOSE_GAP 9
#define PROSE_REACH 400
#define LONGEST_OPENER 64
#define MOST_SAID 4096 /* bytes */
#define MOST_THINGS 64

static uint8_t kind_of_character[KNOWN];
static word_table openers;
static uint64_t any_opener;
static size_t longest_opener; /* bytes */

/* `kinds`: of each character. `words`: in lower case, ASCII, a line feed between two; their values are bits below 256. */
EXPORT int32_t facts_tables(const uint8_t *kinds, const char *words, int64_t size, const uint64_t *values, int64_t count) {
    memcpy(kind_of_character, kinds, sizeof kind_of_character);
    for (int64_t i = 0; i < count; i++) any_opener |= values[i];
    longest_opener = 0;
    for (int64_t i = 0, start = 0; i <= size; i++)
        if (i == size || words[i] == '\n') {
            if ((size_t)(i - start) > longest_opener) longest_opener = (size_t)(i - start);
            start = i + 1;
        }
    return words_build(&openers, words, (size_t)size, values, (size_t)count);
}

static int kind(uint32_t code) { return code < KNOWN ? kind_of_character[code] : 0; }

typedef struct {
    const unsigned char *start, *end; /* of the figures */
    size_t gap;                       /* characters before it since the last one; 0 where something parts them */
    int bar, comma, word;             /* the first of these may follow a year; there is a comma, a letter among them */
} run;

static int is_year(const run *one) {
    unsigned first = one->start[0], second = one->start[1];
    return (first == '1' && (second == '3' || second == '4' || second == '9')) || (first == '2' && second == '0');
}

/* Whether it can be a year, behind a day or a month; of two figures behind no comma, and of a day only with a word between. */
static int ends_date(const run *one, int behind_day) {
    size_t size = (size_t)(one->end - one->start);
    return (size == 2 && !one->comma && (one->word || !behind_day)) || (size >= 4 && is_year(one));
}

/* Whether the last of three runs of figures completes what may be a date. */
static int completes(const run *first, const run *middle, const run *last) {
    size_t before = (size_t)(middle->end - middle->start), size = (size_t)(last->end - last->start);
    if (last->gap && last->gap <= LONGEST_GAP) {
        if (before <= 2 && before && ends_date(last, 1)) return 1;
        if (before == 4 && is_year(middle) && last->bar && size <= 2) return 1;
    }
    size_t day = (size_t)(first->end - first->start);
    return day && day <= 2 && before && before <= 2 && middle->gap && middle->gap <= LONGEST_GAP && last->gap && last->gap <= CLOSE_GAP && ends_date(last, 0);
}

static int is_letter(uint32_t code) { return (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z'); }

/* Whether a character may stand between the figures of a date. */
static int joins(uint32_t code) {
    return code >= 0x80 || is_letter(code) || code == ' ' || code == '\'' || (code >= ',' && code <= '/');
}

static int may_follow_year(uint32_t code) { return code == ' ' || code == '-' || code == '.' || code == '/' || code == 0x5e74 || code == 0xb144; }

static int is_figure(unsigned char byte) { return byte >= '0' && byte <= '9'; }

/* The next figure, or character beyond ASCII; eight bytes at a time as long as they are neither. */
static const unsigned char *next_figure(const unsigned char *at, const unsigned char *end) {
    const uint64_t high = 0x8080808080808080u;
    uint64_t eight;
    for (; end - at >= 8; at += 8) {
        memcpy(&eight, at, 8);
        if (eight & high || (((eight ^ 0x3030303030303030u) + 0x7676767676767676u) & high) != high) break;
    }
    while (at < end && *at < 0x80 && !is_figure(*at)) at++;
    return at;
}

static int may_date(const unsigned char *at, const unsigned char *end) {
    run first = {0}, middle = {0}, last = {0};
    size_t gap = 0;
    int open = 0, bar = 0, comma = 0, word = 0;
    while (at < end) {
        if (is_figure(*at)) {
            first = middle;
            middle = last;
            last.start = at;
            while (at < end && is_figure(*at)) at++;
            last.end = at;
            last.gap = open ? gap : 0;
            last.bar = bar;
            last.comma = comma;
            last.word = word;
            if (completes(&first, &middle, &last)) return 1;
            gap = 0;
            open = 1;
            comma = word = 0;
            continue;
        }
        if (!open && *at < 0x80) { /* nothing is begun: on to the next figure */
            at = next_figure(at + 1, end);
            continue;
        }
        uint32_t code;
        at += character_at(at, end, &code);
        if (code >= 0x80 && kind(code) & FIGURE) return 1;
        if (!gap++) bar = may_follow_year(code);
        if (code == ',') comma = 1;
        if (code >= 0x80 || is_letter(code)) word = 1;
        if (!joins(code) || gap > LONGEST_GAP) open = 0;
    }
    return 0;
}

static int ends_sentence(uint32_t code) {
    return code == '.' || code == '!' || code == '?' || code == '"' || code == 0x2026 || code == 0xbb || code == 0x201d;
}

/* Twelve words in a line that ends as a sentence does, or twenty-two; in the first characters. */
static int is_prose(const unsigned char *at, const unsigned char *end) {
    if (end - at < 23) return 0;
    size_t words = 0, seen = 0;
    int inside = 0;
    uint32_t code;
    for (const unsigned char *here = at; here < end && seen < PROSE_REACH && words < 22; seen++) {
        if (*here < 0x80) code = *here++;
        else here += character_at(here, end, &code);
        int in_word = kind(code) & WORD;
        words += in_word && !inside;
        inside = in_word;
    }
    if (words < 12) return 0;
    if (words >= 22) return 1;
    while (end > at) {
        const unsigned char *last = end - 1;
        while (last > at && (*last & 0xc0) == 0x80) last--;
        character_at(last, end, &code);
        if (!is_space(code)) return ends_sentence(code);
        end = last;
    }
    return 0;
}

/* What the word says that the line begins with, or where that is a number, the one behind it; everything where it is no word of ASCII. */
static uint64_t opening(const unsigned char *at, const unsigned char *end) {
    for (int turn = 0; turn < 2; turn++) {
        uint32_t code = 0;
        size_t size = 0;
        while (at < end) {
            size = character_at(at, end, &code);
            if (kind(code) & WORD) break;
            at += size;
        }
        char word[LONGEST_OPENER];
        size_t length = 0;
        int figures = 1;
        while (at < end) {
            size = character_at(at, end, &code);
            if (!(kind(code) & WORD)) break;
            if (code >= 0x80) return any_opener;
            if (length < LONGEST_OPENER) word[length] = (char)(code >= 'A' && code <= 'Z' ? code + 32 : code);
            length++;
            figures &= code >= '0' && code <= '9';
            at += size;
        }
        uint64_t found;
        if (!length || length > LONGEST_OPENER) return 0;
        if (!figures) return length <= longest_opener && words_find(&openers, word, length, &found) ? found : 0;
    }
    return 0;
}

/* Fill the marks of the lines of a text (UTF-8, a line feed between two); 1 where it has not as many lines. */
EXPORT int32_t facts_mark(const char *text, int64_t size, uint16_t *marks, int64_t lines) {
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    for (int64_t line = 0; line < lines; line++) {
        const unsigned char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop) stop = end;
        marks[line] = (uint16_t)(may_date(at, stop) * DATED | is_prose(at, stop) * PROSE | opening(at, stop) << OPENERS_SHIFT);
        if ((stop == end) != (line + 1 == lines)) return 1;
        at = stop + 1;
    }
    return 0;
}

static int is_plain_word(unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/* Whether a line says one of some things: 0 no, 1 yes, 2 only Python can tell (of characters beyond ASCII). */
static uint8_t says(const unsigned char *at, const unsigned char *end, const slice *said, size_t count, const uint8_t *begins, size_t longest, size_t most) {
    char words[MOST_SAID];
    size_t length = 0, seen = 0;
    int gap = 0, open = 0;
    for (; at < end; at++) {
        if (*at >= 0x80) {
            open = 1;
            break;
        }
        if (++seen > longest) return 0;
        if (!is_plain_word(*at)) {
            gap = length > 0;
            continue;
        }
        size_t needed = length + (gap ? 2 : 1);
        if (needed > most) return 0; /* longer than all of them */
        if (needed > MOST_SAID) return 2;
        if (gap) words[length++] = ' ';
        gap = 0;
        unsigned char letter = (unsigned char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
        words[length++] = (char)letter;
        if (length == 2 && !(begins[(unsigned char)words[0] << 5 | letter >> 3] >> (letter & 7) & 1)) return 0;
    }
    for (size_t i = 0; i < count; i++)
        if ((open ? said[i].size >= length : said[i].size == length) && !memcmp(said[i].at, words, length)) return open ? 2 : 1;
    return 0;
}

/* Fill the marks of the lines of a text: what `says` tells of `said` (comparable texts in UTF-8, a line feed between two); 1 where it has not as many lines. */
EXPORT int32_t facts_say(const char *text, int64_t size, const char *said, int64_t said_size, int64_t longest, uint8_t *marks, int64_t lines) {
    slice things[MOST_THINGS];
    uint8_t begins[65536 / 8] = {0}; /* with which two bytes one of them begins */
    size_t count = 0, most = 0;
    for (const char *at = said, *end = said + said_size; at <= end; count++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop) stop = end;
        if (count == MOST_THINGS) return 1;
        things[count] = (slice){at, (size_t)(stop - at)};
        if (things[count].size > most) most = things[count].size;
        if (stop > at + 1) begins[(unsigned char)at[0] << 5 | (unsigned char)at[1] >> 3] |= (uint8_t)(1u << ((unsigned char)at[1] & 7));
        at = stop + 1;
    }
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    for (int64_t line = 0; line < lines; line++) {
        const unsigned char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop) stop = end;
        marks[line] = says(at, stop, things, count, begins, (size_t)longest, most);
        if ((stop == end) != (line + 1 == lines)) return 1;
        at = stop + 1;
    }
    return 0;
}
