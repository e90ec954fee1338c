/* What the place of a block in its page tells (see workers/cleaner/structure.py). A matrix is its columns, one after another. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#define FAR 30
#define LEVELS 4
#define LEVELS_UP 6
#define INLINE_PLACES 12
#define HEADING_FAR 99

typedef struct {
    int64_t rows, elements;
    const int32_t *at, *parents, *ends, *depths;
} layout;

static int32_t above(const layout *page, int32_t element) { return page->parents[element] > 0 ? page->parents[element] : 0; }

/* The sum of a number a block over all blocks in each element. `sums`: room for elements + 1. */
static void masses(const layout *page, const float *values, double *sums, float *into) {
    for (int64_t i = 0; i <= page->elements; i++) sums[i] = 0.0;
    for (int64_t row = 0; row < page->rows; row++) sums[page->at[row] + 1] += (double)values[row];
    for (int64_t i = 0; i < page->elements; i++) sums[i + 1] += sums[i];
    for (int64_t i = 0; i < page->elements; i++) into[i] = (float)(sums[page->ends[i]] - sums[i]);
}

/* For each element and place: steps up to the nearest element that names it. An element that holds most of the prose names no clutter. */
static int nearest(const layout *page, const uint64_t *bits, const float *prose, int64_t places, uint64_t clutter, float *into) {
    int8_t *steps = malloc((size_t)(page->elements * places) + 1);
    if (!steps) return -1;
    float whole = 0.5f * (prose[0] > 1.0f ? prose[0] : 1.0f);
    for (int64_t element = 0; element < page->elements; element++) {
        uint64_t own = prose[element] > whole ? bits[element] & ~clutter : bits[element];
        int8_t *here = steps + element * places;
        const int8_t *up = page->parents[element] >= 0 ? steps + page->parents[element] * places : NULL;
        for (int64_t place = 0; place < places; place++) {
            int8_t far = up ? (int8_t)(up[place] + 1) : FAR;
            here[place] = own >> place & 1 ? 0 : far < FAR ? far : FAR;
        }
    }
    for (int64_t place = 0; place < places; place++, into += page->rows)
        for (int64_t row = 0; row < page->rows; row++) into[row] = (float)steps[page->at[row] * places + place];
    free(steps);
    return 0;
}

/* Where the blocks stand to the element whose children hold most prose. */
static int best(const layout *page, const float *prose, const float *mass, float *into) {
    size_t count = (size_t)page->elements;
    int64_t rows = page->rows;
    double *own = calloc(count * 3, sizeof *own), *one = own + count, *two = one + count;
    int32_t *meets = calloc(count * 2, sizeof *meets), *chain = meets + count;
    if (!own || !meets) {
        free(own);
        free(meets);
        return -1;
    }
    for (int64_t row = 0; row < rows; row++) own[page->at[row]] += (double)prose[row];
    for (size_t i = 0; i < count; i++) {
        int32_t parent = above(page, (int32_t)i);
        one[parent] += own[i];
        two[above(page, parent)] += own[i] * 0.5;
    }
    int32_t top = 0;
    float highest = (float)(one[0] + two[0] + own[0]);
    for (size_t i = 1; i < count; i++) {
        float score = (float)(one[i] + two[i] + own[i]);
        if (score > highest) {
            highest = score;
            top = (int32_t)i;
        }
    }
    int32_t depth = page->depths[top]; /* the parent of an element is one less deep */
    for (int32_t level = depth, step = top; level >= 0; level--, step = page->parents[step]) chain[level] = step;
    for (int32_t level = 0; level <= depth; level++)
        for (int32_t i = chain[level]; i < page->ends[chain[level]]; i++) meets[i] = level;
    int64_t first = -1, last = -1;
    for (int64_t row = 0; row < rows; row++) {
        if (meets[page->at[row]] < depth) continue;
        if (first < 0) first = row;
        last = row;
    }
    if (first < 0) first = last = 0;
    float share = mass[top] / (mass[0] > 1.0f ? mass[0] : 1.0f);
    for (int64_t row = 0; row < rows; row++) {
        int32_t at = page->at[row];
        int inside = meets[at] >= depth;
        into[row] = (float)inside;
        into[rows + row] = inside ? (float)(page->depths[at] - depth) : -1.0f;
        into[2 * rows + row] = (float)(depth - meets[at]);
        into[3 * rows + row] = (float)((row < first ? row - first : 0) + (row > last ? row - last : 0));
        into[4 * rows + row] = share;
    }
    free(own);
    free(meets);
    return 0;
}

/* What the blocks of one kind hold together. */
static int kinds(const layout *page, const int32_t *kind, const float *size, const float *in_links, const float *prose, float *into) {
    size_t count = (size_t)page->elements;
    int64_t rows = page->rows;
    double *blocks = calloc(count * 4, sizeof *blocks), *held = blocks + count, *linked = held + count, *sizes = linked + count;
    if (!blocks) return -1;
    double whole = 0.0;
    for (int64_t row = 0; row < rows; row++) {
        int32_t number = kind[page->at[row]];
        blocks[number] += 1.0;
        held[number] += (double)prose[row];
        linked[number] += (double)in_links[row];
        sizes[number] += (double)size[row];
        whole += (double)prose[row];
    }
    if (whole < 1.0) whole = 1.0;
    for (int64_t row = 0; row < rows; row++) {
        int32_t number = kind[page->at[row]];
        into[row] = (float)blocks[number];
        into[rows + row] = (float)(held[number] / whole);
        into[2 * rows + row] = (float)(linked[number] / (sizes[number] > 1.0 ? sizes[number] : 1.0));
    }
    free(blocks);
    return 0;
}

/* All columns of `describe_places`. `wording`: its first two columns are characters and words. `claims`: five columns that Python makes. */
EXPORT int32_t places_describe(int64_t rows, int64_t elements, const int32_t *at, const int32_t *parents, const int32_t *ends, const int32_t *depths,
                               const uint64_t *bits, const int32_t *kind, const float *wording, const float *linked, const float *bold,
                               const uint64_t *inline_bits, const uint8_t *tags, const uint8_t *headings, const float *claims, int64_t places,
                               uint64_t clutter, int64_t title_index, float *into) {
    layout page = {rows, elements, at, parents, ends, depths};
    size_t blocks = (size_t)rows, count = (size_t)elements;
    float *work = malloc((blocks * 3 + count * 4 + 1) * sizeof *work);
    double *sums = malloc((count + 1) * sizeof *sums);
    int failed = !work || !sums;
    if (failed) goto done;
    const float *size = wording, *words = wording + rows;
    float *prose = work, *in_links = prose + rows, *ones = in_links + rows, *mass = ones + rows, *mass_links = mass + elements,
          *mass_prose = mass_links + elements, *mass_blocks = mass_prose + elements;
    for (int64_t row = 0; row < rows; row++) {
        prose[row] = words[row] >= 12.0f && linked[row] < 0.4f ? size[row] : 0.0f;
        in_links[row] = size[row] * linked[row];
        ones[row] = 1.0f;
    }
    masses(&page, size, sums, mass);
    masses(&page, in_links, sums, mass_links);
    masses(&page, prose, sums, mass_prose);
    masses(&page, ones, sums, mass_blocks);
    failed = nearest(&page, bits, mass_prose, places, clutter, into);
    if (failed) goto done;
    into += places * rows;
    for (int64_t place = 0; place < INLINE_PLACES; place++, into += rows)
        for (int64_t row = 0; row < rows; row++) into[row] = (float)(inline_bits[row] >> place & 1);
    for (int64_t row = 0; row < rows; row++) {
        into[row] = (float)tags[row];
        into[rows + row] = (float)depths[at[row]];
        into[2 * rows + row] = linked[row];
        into[3 * rows + row] = bold[row];
    }
    into += 4 * rows;
    float whole = mass_prose[0] > 1.0f ? mass_prose[0] : 1.0f;
    for (int64_t row = 0; row < rows; row++) {
        int32_t here = at[row];
        for (int64_t level = 0; level < LEVELS; level++) {
            float *three = into + level * 3 * rows + row;
            three[0] = mass_prose[here] / whole;
            three[rows] = mass_links[here] / (mass[here] > 1.0f ? mass[here] : 1.0f);
            three[2 * rows] = mass_blocks[here];
            here = above(&page, here);
        }
    }
    into += LEVELS * 3 * rows;
    failed = best(&page, prose, mass_prose, into);
    if (failed) goto done;
    into += 5 * rows;
    failed = kinds(&page, kind, size, in_links, prose, into);
    if (failed) goto done;
    into += 3 * rows;
    double characters = 0.0;
    for (int64_t row = 0; row < rows; row++) characters += (double)size[row];
    float total = (float)(characters > 1.0 ? characters : 1.0), before = 0.0f;
    int64_t since = HEADING_FAR;
    for (int64_t row = 0; row < rows; row++) {
        before += size[row];
        into[row] = title_index >= 0 ? (float)row - (float)title_index : -1000.0f;
        into[rows + row] = (before - size[row]) / total;
        since = headings[row] ? 0 : since < HEADING_FAR ? since + 1 : HEADING_FAR;
        into[7 * rows + row] = (float)since;
        into[8 * rows + row] = (float)(!row || at[row] != at[row - 1]);
    }
    memcpy(into + 2 * rows, claims, blocks * 5 * sizeof *claims);
done:
    free(work);
    free(sums);
    return failed ? -1 : 0;
}

/* The columns of `container_chances`. `units`: for each element the list or table that it belongs to, or itself. */
EXPORT int32_t places_containers(int64_t rows, int64_t elements, const int32_t *at, const int32_t *parents, const int32_t *ends, const int32_t *depths,
                                 const uint8_t *unit_tags, const float *chance, const float *sizes, float *into) {
    layout page = {rows, elements, at, parents, ends, depths};
    size_t blocks = (size_t)rows, count = (size_t)elements;
    float *work = malloc((blocks + count * 4 + 1) * sizeof *work);
    double *sums = malloc((count + 1) * sizeof *sums);
    int32_t *units = malloc((count + 1) * sizeof *units);
    int failed = !work || !sums || !units;
    if (failed) goto done;
    float *weight = work, *held = weight + rows, *size = held + elements, *mean = size + elements, *share = mean + elements;
    for (int64_t row = 0; row < rows; row++) weight[row] = chance[row] * sizes[row];
    masses(&page, weight, sums, held);
    masses(&page, sizes, sums, size);
    float whole = held[0] > 1e-6f ? held[0] : 1e-6f;
    for (int64_t i = 0; i < elements; i++) {
        mean[i] = held[i] / (size[i] > 1.0f ? size[i] : 1.0f);
        share[i] = held[i] / whole;
        /* unit_tags: 1 a list or table; 2 an article or section, which begins anew */
        int inside = parents[i] >= 0 && unit_tags[units[parents[i]]] == 1;
        units[i] = inside && unit_tags[i] != 2 ? units[parents[i]] : (int32_t)i;
    }
    for (int64_t row = 0; row < rows; row++) {
        float *column = into + row;
        int32_t here = at[row];
        for (int64_t level = 0; level < LEVELS_UP; level++) {
            *column = mean[here];
            column += rows;
            if (level > 0 && level < 4) {
                *column = share[here];
                column += rows;
            }
            here = above(&page, here);
        }
        *column = mean[units[at[row]]];
        column[rows] = size[units[at[row]]];
    }
done:
    free(work);
    free(sums);
    free(units);
    return failed ? -1 : 0;
}

/* For each block the places among `asked` that its own markup names, else those of the nearest element around it that names one, `reach` steps up at
   most (the innermost element is no step). */
EXPORT int32_t places_named(int64_t rows, int64_t elements, const int32_t *at, const int32_t *parents, const int32_t *ends, const int32_t *depths,
                            const uint64_t *bits, const uint64_t *inline_bits, uint64_t asked, int64_t reach, uint64_t *into) {
    (void)elements, (void)ends, (void)depths;
    for (int64_t row = 0; row < rows; row++) {
        uint64_t named = inline_bits[row] & asked;
        int32_t here = at[row];
        for (int64_t step = 0; !named && here >= 0 && step <= reach; step++, here = parents[here]) named = bits[here] & asked;
        into[row] = named;
    }
    return 0;
}
