/* What the files that read a page share. */
#ifndef DATELINE_READING_H
#define DATELINE_READING_H

#include "core.h"

/* What a tag does to the reading; the order of workers/cleaner/blocks.py. */
enum { SINGLE, LINE, RULE, FLOWING, STRONG, LINK, BLOCK, GONE, GONE_RAW, GONE_SINGLE, ODD };

/* How many characters each link (by the source of its attributes) holds. */
typedef struct {
    slice key;
    int64_t size;
    int used;
} link_size;

typedef struct {
    link_size *slots;
    size_t capacity, count;
} link_table;

/* attributes.c: what names and attributes of tags tell. */
int kind_of(slice name);
uint64_t element_bits(slice tag, slice attributes);
extern uint8_t is_plain[PLANE]; /* characters that are in normal form whatever stands beside them */
int is_hidden(const char *head, const char *end);

/* visible.c: the source without what no reader sees. */
char *visible_source(const char *source, size_t size, size_t *left, int *odd);
const char *name_end(const char *at, const char *end);

/* links.c */
link_size *link_slot(link_table *table, slice key);
const link_size *link_find(const link_table *table, slice key);

/* common.c */
const char *find(const char *at, const char *end, const char *what, size_t size);
slice first_characters(slice whole, size_t count);

#endif
