/* How often each of many texts was said before, and how often it is said at all (see workers/cleaner/structure.py). */
#include "core.h"

#include <stdlib.h>

typedef struct {
    int64_t start, size; /* where the text lies among the codes */
    float times;
} said_text;

/* Fill both columns (a number a row) for the texts in `codes`: UTF-32, a 0 between two texts. */
EXPORT int32_t texts_repeats(const uint32_t *codes, int64_t size, int64_t rows, float *repeats, float *copies) {
    size_t capacity = 16;
    while (capacity < (size_t)rows * 2) capacity *= 2;
    said_text *table = calloc(capacity, sizeof *table); /* times 0: empty */
    int32_t *places = malloc(((size_t)rows + 1) * sizeof *places);
    if (!table || !places) {
        free(table);
        free(places);
        return -1;
    }
    for (int64_t row = 0, at = 0; row < rows; row++, at++) {
        int64_t start = at;
        while (at < size && codes[at]) at++;
        size_t bytes = (size_t)(at - start) * sizeof *codes, place = hash_bytes(codes + start, bytes, 0) & (capacity - 1);
        while (table[place].times > 0.0f &&
               (table[place].size != at - start || memcmp(codes + table[place].start, codes + start, bytes)))
            place = (place + 1) & (capacity - 1);
        if (table[place].times == 0.0f) table[place] = (said_text){start, at - start, 0.0f};
        repeats[row] = table[place].times;
        table[place].times += 1.0f;
        places[row] = (int32_t)place;
    }
    for (int64_t row = 0; row < rows; row++) copies[row] = table[places[row]].times;
    free(table);
    free(places);
    return 0;
}
