/* Hot loops over text in C11, called through ctypes (workers/text/native/__init__.py). Plain functions over buffers: no Python.h, so one
   library serves every Python. Each does what the Python of the same name does, to the bit; tests/cleaner/test_native.py holds them together.
   Tables (vocabulary, classes of characters, kinds of tags) come from Python: each is written down once, there. */
#ifndef DATELINE_CORE_H
#define DATELINE_CORE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Raised when the Python binding and the library no longer fit each other. */
#define CORE_VERSION 6

/* A piece of the source: where it begins and how many bytes it has. */
typedef struct {
    const char *at;
    size_t size;
} slice;

/* Words with a number each, found by their bytes; open addressing, at most half full. */
typedef struct {
    slice *keys;
    uint64_t *values;
    size_t capacity;
} word_table;

int words_build(word_table *table, const char *joined, size_t size, const uint64_t *values, size_t count);
int words_find(const word_table *table, const char *at, size_t size, uint64_t *value);

/* How many bytes the UTF-8 character at `at` takes and which it is; malformed bytes are read as one character each. */
size_t character_at(const unsigned char *at, const unsigned char *end, uint32_t *code);
/* Whether Python's str.isspace says so. */
int is_space(uint32_t code);
uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);

#endif
