/* The serialised body without its comments and what no reader sees. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

/* Where a tag's name ends. */
const char *name_end(const char *at, const char *end) {
    while (at < end && *at != ' ' && *at != '>') at++;
    return at;
}

/* Behind the end of a raw text: `at` is behind the opening tag's name. NULL where the text may hold tags of its own name ("double escaped"). */
static const char *raw_end(const char *at, const char *end, slice name) {
    for (const char *close = at; (close = find(close, end, "</", 2)); close += 2) {
        if ((size_t)(end - close) < name.size + 3 || memcmp(close + 2, name.at, name.size) || close[2 + name.size] != '>') continue;
        const char *comment = find(at, close, "<!--", 4), *own = comment;
        while (own && (own = find(own + 1, close, name.at, name.size)) && own[-1] != '<') continue;
        return comment && own ? NULL : close + name.size + 3;
    }
    return end;
}

/* Behind the end of an element and all in it; NULL as above. */
static const char *element_end(const char *at, const char *end, slice name) {
    int64_t depth = 1;
    while (depth && (at = memchr(at, '<', (size_t)(end - at)))) {
        if ((size_t)(end - at) >= 4 && !memcmp(at, "<!--", 4)) {
            at = find(at + 1, end, "-->", 3);
            if (!at) return end;
            at += 3;
            continue;
        }
        int closes = at + 1 < end && at[1] == '/';
        const char *start = at + 1 + closes;
        at = name_end(start, end);
        slice here = {start, (size_t)(at - start)};
        if (here.size == name.size && !memcmp(here.at, name.at, name.size)) depth += closes ? -1 : 1;
        else if (!closes && kind_of(here) == GONE_RAW) {
            at = raw_end(at, end, here);
            if (!at) return NULL;
            continue;
        }
        if (!depth) return at < end ? at + 1 : end;
    }
    return end;
}

/* The source without its comments and what no reader sees, in a buffer of its own; where a comment does not end, all that follows is in it. `odd` is
   set where the source holds what only the Python reads. */
char *visible_source(const char *source, size_t size, size_t *left, int *odd) {
    char *kept = malloc(size + 1);
    if (!kept) return NULL;
    const char *at = source, *end = source + size, *run = source;
    size_t count = 0;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const char *tag = at, *behind;
        if ((size_t)(end - at) >= 4 && !memcmp(at, "<!--", 4)) {
            behind = find(at + 1, end, "-->", 3);
            behind = behind ? behind + 3 : end;
        } else {
            const char *stop = name_end(at + 1, end);
            slice name = {at + 1, (size_t)(stop - at - 1)};
            int kind = name.size && *name.at != '/' ? kind_of(name) : BLOCK;
            at = stop;
            if (kind <= BLOCK) continue;
            if (kind == GONE_SINGLE) {
                behind = memchr(stop, '>', (size_t)(end - stop));
                behind = behind ? behind + 1 : end;
            } else {
                behind = kind == ODD ? NULL : kind == GONE_RAW ? raw_end(stop, end, name) : element_end(stop, end, name);
            }
            if (!behind) {
                *odd = 1;
                return kept;
            }
        }
        memcpy(kept + count, run, (size_t)(tag - run));
        count += (size_t)(tag - run);
        run = at = behind;
    }
    memcpy(kept + count, run, (size_t)(end - run));
    *left = count + (size_t)(end - run);
    return kept;
}
