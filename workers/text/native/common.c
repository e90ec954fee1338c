#include "reading.h"

#include <stdlib.h>
#include <string.h>

EXPORT int32_t core_version(void) { return CORE_VERSION; }

static uint64_t secret;

/* To be told before anything is hashed: a page cannot be built to collide by who does not know it. */
EXPORT void core_secret(uint64_t value) { secret = value * 0x9e3779b97f4a7c15u; }

/* FNV-1a over eight bytes at a time. */
uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed) {
    const unsigned char *at = bytes;
    uint64_t hash = (14695981039346656037u ^ secret ^ seed ^ size) * 1099511628211u, part;
    hash ^= hash >> 32;
    for (; size >= 8; size -= 8, at += 8) {
        memcpy(&part, at, 8);
        hash = (hash ^ part) * 1099511628211u;
        hash ^= hash >> 32;
    }
    if (size >= 4) { /* the first four and the last four bytes, which may overlap */
        uint32_t first, last;
        memcpy(&first, at, 4);
        memcpy(&last, at + size - 4, 4);
        part = (uint64_t)last << 32 | first;
    } else {
        part = size ? (uint64_t)at[0] | (uint64_t)at[size / 2] << 8 | (uint64_t)at[size - 1] << 16 : 0;
    }
    hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 32);
}

static size_t maybe_bit(uint64_t hash) { return (size_t)(hash >> 40) & (MAYBE_BITS - 1); }

int words_build(word_table *table, const char *joined, size_t size, const uint64_t *values, size_t count) {
    size_t capacity = 16;
    while (capacity < count * 2) capacity *= 2;
    char *own = malloc(size + 1); /* lives as long as the table */
    word_entry *entries = calloc(capacity, sizeof *entries);
    if (!own || !entries) {
        free(own);
        free(entries);
        return -1;
    }
    memcpy(own, joined, size);
    memset(table->maybe, 0, sizeof table->maybe);
    const char *at = own, *end = own + size;
    for (size_t number = 0; number < count; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        slice key = {at, (size_t)(stop - at)};
        uint64_t hash = hash_bytes(key.at, key.size, 0);
        size_t place = hash & (capacity - 1), bit = maybe_bit(hash);
        while (entries[place].key.at) place = (place + 1) & (capacity - 1);
        entries[place] = (word_entry){key, hash, values[number]};
        table->maybe[bit >> 3] |= (uint8_t)(1u << (bit & 7));
        at = stop < end ? stop + 1 : end;
    }
    table->entries = entries;
    table->capacity = capacity;
    return 0;
}

int words_find(const word_table *table, const char *at, size_t size, uint64_t *value) {
    uint64_t hash = hash_bytes(at, size, 0);
    size_t bit = maybe_bit(hash);
    if (!(table->maybe[bit >> 3] >> (bit & 7) & 1)) return 0;
    for (size_t place = hash & (table->capacity - 1); table->entries[place].key.at; place = (place + 1) & (table->capacity - 1)) {
        const word_entry *entry = table->entries + place;
        if (entry->hash == hash && entry->key.size == size && !memcmp(entry->key.at, at, size)) {
            *value = entry->value;
            return 1;
        }
    }
    return 0;
}

const char *find(const char *at, const char *end, const char *what, size_t size) {
    while (at + size <= end) {
        const char *first = memchr(at, what[0], (size_t)(end - at) - size + 1);
        if (!first) return NULL;
        if (!memcmp(first, what, size)) return first;
        at = first + 1;
    }
    return NULL;
}

size_t characters(const char *at, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++) count += ((unsigned char)at[i] & 0xc0) != 0x80;
    return count;
}

/* The first `count` characters of a piece. */
slice first_characters(slice whole, size_t count) {
    if (whole.size <= count) return whole;
    size_t seen = 0, place = 0;
    while (place < whole.size) {
        if (((unsigned char)whole.at[place] & 0xc0) != 0x80 && seen++ == count) break;
        place++;
    }
    return (slice){whole.at, place};
}
