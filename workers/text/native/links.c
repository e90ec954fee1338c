/* Links by the source of their attributes: an open-addressing table that grows. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

link_size *link_slot(link_table *table, slice key) {
    if (table->count * 2 >= table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 256;
        link_size *slots = calloc(capacity, sizeof *slots);
        if (!slots) return NULL;
        for (size_t i = 0; i < table->capacity; i++) {
            if (!table->slots[i].used) continue;
            size_t place = hash_bytes(table->slots[i].key.at, table->slots[i].key.size, 0) & (capacity - 1);
            while (slots[place].used) place = (place + 1) & (capacity - 1);
            slots[place] = table->slots[i];
        }
        free(table->slots);
        table->slots = slots;
        table->capacity = capacity;
    }
    size_t place = hash_bytes(key.at, key.size, 0) & (table->capacity - 1);
    while (table->slots[place].used) {
        link_size *slot = &table->slots[place];
        if (slot->key.size == key.size && !memcmp(slot->key.at, key.at, key.size)) return slot;
        place = (place + 1) & (table->capacity - 1);
    }
    table->slots[place] = (link_size){key, 0, 1};
    table->count++;
    return &table->slots[place];
}

/* NULL where it is none of the table's. */
const link_size *link_find(const link_table *table, slice key) {
    if (!table || !table->capacity) return NULL;
    size_t place = hash_bytes(key.at, key.size, 0) & (table->capacity - 1);
    while (table->slots[place].used) {
        const link_size *slot = &table->slots[place];
        if (slot->key.size == key.size && !memcmp(slot->key.at, key.at, key.size)) return slot;
        place = (place + 1) & (table->capacity - 1);
    }
    return NULL;
}
