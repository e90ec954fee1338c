/* Hot loops over text in C11, called through ctypes (workers/text/native/__init__.py). Plain functions over buffers: no Python.h, so one
   library serves every Python. Each does what the Python of the same name does, to the bit; tests/cleaner/test_native.py holds them together.
   Tables (vocabulary, classes of characters, kinds of tags) come from Python: each is written down once, there. */
#ifndef DATELINE_CORE_H
#define DATELINE_CORE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Raised when the Python binding and the library no longer fit each other. */
#define CORE_VERSION 7

/* A piece of the source: where it begins and how many bytes it has. */
typedef struct {
    const char *at;
    size_t size;
} slice;

/* Words with a number each, found by their bytes; open addressing, at most half full. Most words that are asked for are in no table: `maybe` has a
   bit for some bits of the hash of each that is, and stays in the nearest cache. */
#define MAYBE_BITS 32768
typedef struct {
    slice key;
    uint64_t hash, value;
} word_entry;
typedef struct {
    word_entry *entries;
    size_t capacity;
    uint8_t maybe[MAYBE_BITS / 8];
} word_table;

int words_build(word_table *table, const char *joined, size_t size, const uint64_t *values, size_t count);
int words_find(const word_table *table, const char *at, size_t size, uint64_t *value);

/* How many bytes the UTF-8 character at `at` takes and which it is; malformed bytes are read as one character each. */
static inline size_t character_at(const unsigned char *at, const unsigned char *end, uint32_t *code) {
    unsigned char first = *at;
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (size == 1 || (size_t)(end - at) < size) {
        *code = first;
        return 1;
    }
    uint32_t value = first & (0xff >> (size + 1));
    for (size_t i = 1; i < size; i++) value = value << 6 | (at[i] & 0x3f);
    *code = value;
    return size;
}

/* Whether Python's str.isspace says so. */
static inline int is_space(uint32_t code) {
    if (code <= 0x20) return code == 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
    if (code < 0x85) return 0;
    return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Whether each of eight bytes is a printable sign of ASCII and no space: most of a page is, and goes over eight at a time. */
static inline int eight_signs(const char *at) {
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    return !(((eight - 0x2121212121212121u) | eight) & 0x8080808080808080u);
}

size_t characters(const char *at, size_t size);

/* wording.c: the class of a character and its lower case (of the basic plane; others are letters and their own), given by Python. */
enum { OTHER, SPACE, UPPER, LOWER, LETTER, WIDE, DIGIT, COMMA, STOP, QUOTE, BAR, MARK, COLON, CLASSES };
#define PLANE 65536
extern uint8_t class_of[PLANE + 1];
extern uint32_t lower_of[PLANE];
size_t put_utf8(char *into, uint32_t code);

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);

#endif
