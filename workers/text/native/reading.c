/* One pass over the serialised body of a page: its visible text blocks and the elements that hold them (see workers/cleaner/blocks.py). */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#define LINE_BREAK 0x1e
#define PROSE 80             /* characters: hidden or shown text that counts */
#define LONGEST_LINK 1500    /* characters */
#define KIND_HEAD 80         /* characters of attributes that make two elements of one kind */

/* A growing array of anything. */
typedef struct {
    char *data;
    size_t size, capacity;
} buffer;

typedef struct {
    int failed; /* out of memory */
    buffer text, linked, bold, bits, element;               /* of each block */
    buffer names, parents, ends, depths, places, heads, tags; /* of each element */
    size_t blocks, elements;
    int64_t hidden, shown;
    int odd; /* an entity that the serialiser does not write: the Python reads this page */
} page;

typedef struct {
    slice name, attributes;
    int32_t number; /* on the page once a block needed it, else -1 */
} open_element;

/* What Python reads. */
typedef struct {
    int64_t pieces, blocks, elements, text_size;
    int32_t status, normal; /* 0 read; 1 not to be read here; 2 too many tags; 3 too many blocks. Whether the texts are known to be in normal form */
    const char *text, *names;
    const double *linked, *bold;
    const uint64_t *bits, *places;
    const int32_t *element, *parents, *ends, *depths, *kinds;
    int64_t names_size;
    page *own;
    void *own_kinds;
} reading;

static void *room(buffer *one, size_t more) {
    if (one->size + more > one->capacity) {
        size_t capacity = one->capacity ? one->capacity : 1024;
        while (capacity < one->size + more) capacity *= 2;
        char *data = realloc(one->data, capacity);
        if (!data) return NULL;
        one->data = data;
        one->capacity = capacity;
    }
    void *at = one->data + one->size;
    one->size += more;
    return at;
}

static void add(page *into, buffer *one, const void *value, size_t size) {
    if (!size) return;
    void *at = room(one, size);
    if (at) memcpy(at, value, size);
    else into->failed = 1;
}

static void page_free(page *one) {
    buffer *all[] = {&one->text, &one->linked, &one->bold, &one->bits, &one->element, &one->names, &one->parents,
                     &one->ends, &one->depths, &one->places, &one->heads, &one->tags};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->data);
    free(one);
}

typedef struct {
    page *into;
    buffer texts, plain, opened, stack;
    int has_texts;
    int64_t linked, bold;
    uint64_t bits;
} walk;

/* The number of the innermost open element; it and those around it get a place on the page now, if they have none yet. */
static int32_t innermost(walk *w) {
    open_element *opened = (open_element *)w->opened.data;
    size_t count = w->opened.size / sizeof *opened;
    page *into = w->into;
    if (opened[count - 1].number >= 0) return opened[count - 1].number;
    size_t level = count - 1;
    while (level > 0 && opened[level - 1].number < 0) level--;
    for (size_t place = level; place < count; place++) {
        int32_t parent = place ? opened[place - 1].number : -1, zero = 0, depth = (int32_t)place;
        uint64_t bits = place ? element_bits(opened[place].name, opened[place].attributes) : 0;
        add(into, &into->parents, &parent, sizeof parent);
        add(into, &into->ends, &zero, sizeof zero);
        add(into, &into->depths, &depth, sizeof depth);
        add(into, &into->places, &bits, sizeof bits);
        add(into, &into->heads, &opened[place].attributes, sizeof(slice));
        add(into, &into->tags, &opened[place].name, sizeof(slice));
        if (into->elements) add(into, &into->names, "\n", 1);
        add(into, &into->names, opened[place].name.at, opened[place].name.size);
        opened[place].number = (int32_t)into->elements++;
    }
    return opened[count - 1].number;
}

/* The text with its entities read; the serialiser writes these four only. */
static void unescape(walk *w) {
    static const struct {
        const char *name, *sign;
        size_t size;
    } entities[] = {{"&amp;", "&", 5}, {"&lt;", "<", 4}, {"&gt;", ">", 4}, {"&nbsp;", "\xc2\xa0", 6}};
    const char *at = w->texts.data, *end = at + w->texts.size;
    w->plain.size = 0;
    while (at < end) {
        const char *sign = memchr(at, '&', (size_t)(end - at));
        size_t plain = (size_t)((sign ? sign : end) - at);
        add(w->into, &w->plain, at, plain);
        at += plain;
        if (!sign) break;
        size_t known = 0;
        while (known < 4 && ((size_t)(end - at) < entities[known].size || memcmp(at, entities[known].name, entities[known].size))) known++;
        if (known == 4) {
            w->into->odd = 1;
            return;
        }
        add(w->into, &w->plain, entities[known].sign, strlen(entities[known].sign));
        at += entities[known].size;
    }
}

static void end_block(walk *w, size_t start, int64_t linked, int64_t bold, uint64_t bits) {
    page *into = w->into;
    size_t size = into->text.size - start;
    size_t count = characters(into->text.data + start, size);
    double length = (double)count, share = linked ? (double)linked / length : 0.0, strong = bold ? (double)bold / length : 0.0;
    if (share > 1.0) share = 1.0;
    if (strong > 1.0) strong = 1.0;
    int32_t element = innermost(w);
    add(into, &into->text, "\n", 1);
    add(into, &into->linked, &share, sizeof share);
    add(into, &into->bold, &strong, sizeof strong);
    add(into, &into->bits, &bits, sizeof bits);
    add(into, &into->element, &element, sizeof element);
    into->blocks++;
    if (share < 0.5 && count > PROSE) into->shown += (int64_t)count;
}

/* End the block: what was read since the last boundary becomes one block, or several where two breaks stand together. */
static void flush(walk *w) {
    if (!w->has_texts) return;
    int64_t linked = w->linked, bold = w->bold;
    uint64_t bits = w->bits;
    page *into = w->into;
    w->linked = w->bold = 0;
    w->bits = 0;
    w->has_texts = 0;
    buffer *source = &w->texts;
    if (w->texts.size && memchr(w->texts.data, '&', w->texts.size)) {
        unescape(w);
        source = &w->plain;
    }
    size_t opened = w->opened.size / sizeof(open_element);
    if (into->odd || into->failed || !opened) {
        w->texts.size = 0;
        return;
    }
    slice tag = ((open_element *)w->opened.data)[opened - 1].name;
    int by_lines = tag.size == 3 && !memcmp(tag.at, "pre", 3);
    if (source->size && memchr(source->data, LINE_BREAK, source->size)) by_lines = 0;
    char divider = by_lines ? '\n' : LINE_BREAK;
    const unsigned char *at = (const unsigned char *)source->data, *end = at + source->size;
    size_t start = into->text.size;
    int dividers = 0, space = 0;
    while (at < end) {
        uint32_t code;
        size_t size = character_at(at, end, &code);
        if (is_space(code)) {
            space = 1;
            dividers += code == (uint32_t)divider;
            at += size;
            continue;
        }
        if (space && into->text.size > start) {
            if (dividers >= 2) {
                end_block(w, start, linked, bold, bits);
                start = into->text.size;
            } else {
                add(into, &into->text, " ", 1);
            }
        }
        space = dividers = 0;
        const unsigned char *stop = at + size; /* a run of what is no space goes over at once */
        while (stop < end && *stop > 0x20 && *stop < 0x80) stop++;
        add(into, &into->text, at, (size_t)(stop - at));
        at = stop;
    }
    if (into->text.size > start) end_block(w, start, linked, bold, bits);
    w->texts.size = 0;
}

static void add_text(walk *w, const char *at, size_t size) {
    add(w->into, &w->texts, at, size);
    w->has_texts = 1;
}

/* Characters of a text without the white space at its ends; 0 where it is nothing else. */
static int64_t stripped(const char *at, size_t size) {
    const unsigned char *here = (const unsigned char *)at, *end = here + size;
    int64_t count = 0, last = 0;
    while (here < end) {
        uint32_t code;
        here += character_at(here, end, &code);
        if (!is_space(code)) last = count + 1;
        if (count || !is_space(code)) count++;
    }
    return last;
}

static int only_spaces(const char *at, size_t size) {
    const unsigned char *here = (const unsigned char *)at, *end = here + size;
    while (here < end) {
        uint32_t code;
        here += character_at(here, end, &code);
        if (!is_space(code)) return 0;
    }
    return 1;
}

static void walk_free(walk *w) {
    free(w->texts.data);
    free(w->plain.data);
    free(w->opened.data);
    free(w->stack.data);
}

static int is_unclosed(const link_table *table, slice key) {
    const link_size *slot = link_find(table, key);
    return slot && slot->size > LONGEST_LINK;
}

static void walk_source(page *into, const char *at, const char *end, int reveal, link_table *links, const link_table *not_links) {
    walk w = {.into = into};
    size_t skip = 0;
    int64_t in_links = 0, in_bold = 0;
    slice link = {"", 0};
    while (at < end && !into->failed && !into->odd) {
        const char *head = at + 1; /* behind "<" */
        const char *next = memchr(head, '<', (size_t)(end - head));
        if (!next) next = end;
        const char *close = memchr(head, '>', (size_t)(next - head));
        if (!close) close = next;
        const char *text = close < next ? close + 1 : next;
        at = next;
        if (close == head) continue;
        if (*head == '/') {
            if (!w.stack.size) continue;
            int kind = w.stack.data[--w.stack.size];
            if (skip) {
                if (w.stack.size < skip) skip = 0;
            } else if (kind == BLOCK) {
                flush(&w);
                if (w.opened.size) {
                    w.opened.size -= sizeof(open_element);
                    int32_t number = ((open_element *)(w.opened.data + w.opened.size))->number;
                    if (number >= 0) ((int32_t *)into->ends.data)[number] = (int32_t)into->elements;
                }
            } else if (kind == LINK) {
                in_links--;
            } else if (kind == STRONG) {
                in_bold--;
            }
        } else {
            const char *space = memchr(head, ' ', (size_t)(close - head));
            slice name = {head, (size_t)((space ? space : close) - head)};
            slice attributes = space ? (slice){space + 1, (size_t)(close - space - 1)} : (slice){close, 0};
            int kind = kind_of(name);
            if (kind == LINK && is_unclosed(not_links, attributes)) kind = FLOWING;
            char pushed = (char)kind;
            if (kind <= RULE) {
                if (kind == LINE) add_text(&w, "\x1e", 1);
                else if (kind == RULE) flush(&w);
            } else if (skip) {
                add(into, &w.stack, &pushed, 1);
            } else if (attributes.size && w.opened.size && !reveal && /* a body that a script is to reveal is read */
                       is_hidden(head, close)) {
                add(into, &w.stack, &pushed, 1);
                add_text(&w, " ", 1);
                skip = w.stack.size;
            } else {
                add(into, &w.stack, &pushed, 1);
                if (kind == BLOCK) {
                    flush(&w);
                    open_element one = {name, attributes, -1};
                    add(into, &w.opened, &one, sizeof one);
                } else if (kind == LINK) {
                    in_links++;
                    link = attributes;
                } else {
                    in_bold += kind == STRONG;
                    if (attributes.size) w.bits |= element_bits(name, attributes);
                }
            }
        }
        size_t size = (size_t)(next - text);
        if (!size) continue;
        if (skip) {
            size_t count = characters(text, size);
            if (count > PROSE) into->hidden += (int64_t)count;
        } else if (only_spaces(text, size)) {
            if (w.has_texts) add_text(&w, " ", 1);
        } else {
            add_text(&w, text, size);
            if (in_links > 0 || in_bold > 0) {
                int64_t count = stripped(text, size);
                if (in_links > 0) {
                    w.linked += count;
                    link_size *slot = link_slot(links, link);
                    if (slot) slot->size += count;
                    else into->failed = 1;
                }
                if (in_bold > 0) w.bold += count;
            }
        }
    }
    flush(&w);
    open_element *opened = (open_element *)w.opened.data;
    for (size_t i = 0; i < w.opened.size / sizeof *opened && into->ends.data; i++)
        if (opened[i].number >= 0) ((int32_t *)into->ends.data)[opened[i].number] = (int32_t)into->elements;
    walk_free(&w);
}

/* Number the kinds of elements: same tag, same beginning of the attributes (links: any), same places named by the parent. */
static int32_t *kinds_of(const page *one) {
    size_t capacity = 64;
    while (capacity < one->elements * 2) capacity *= 2;
    int32_t *slots = malloc(capacity * sizeof *slots), *kinds = malloc((one->elements + 1) * sizeof *kinds);
    if (!slots || !kinds) {
        free(slots);
        free(kinds);
        return NULL;
    }
    for (size_t i = 0; i < capacity; i++) slots[i] = -1;
    const slice *tags = (const slice *)one->tags.data, *heads = (const slice *)one->heads.data;
    const int32_t *parents = (const int32_t *)one->parents.data;
    const uint64_t *places = (const uint64_t *)one->places.data;
    for (size_t i = 0; i < one->elements; i++) {
        int is_link = tags[i].size == 1 && tags[i].at[0] == 'a';
        slice head = is_link ? (slice){"", 0} : first_characters(heads[i], KIND_HEAD);
        uint64_t above = parents[i] >= 0 ? places[parents[i]] : 0;
        uint64_t hash = hash_bytes(head.at, head.size, hash_bytes(tags[i].at, tags[i].size, above));
        size_t place = hash & (capacity - 1);
        for (;;) {
            int32_t other = slots[place];
            if (other < 0) {
                slots[place] = (int32_t)i;
                kinds[i] = (int32_t)i;
                break;
            }
            int link_other = tags[other].size == 1 && tags[other].at[0] == 'a';
            slice other_head = link_other ? (slice){"", 0} : first_characters(heads[other], KIND_HEAD);
            uint64_t other_above = parents[other] >= 0 ? places[parents[other]] : 0;
            if (tags[i].size == tags[other].size && !memcmp(tags[i].at, tags[other].at, tags[i].size) && head.size == other_head.size &&
                !memcmp(head.at, other_head.at, head.size) && above == other_above) {
                kinds[i] = other;
                break;
            }
            place = (place + 1) & (capacity - 1);
        }
    }
    free(slots);
    return kinds;
}

/* Whether a text of its characters alone is in normal form as it stands. */
static int is_normal(const char *text, size_t size) {
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        uint64_t eight;
        if (end - at >= 8) { /* none of eight is a control sign or beyond ASCII */
            memcpy(&eight, at, sizeof eight);
            if (!(((eight - 0x2020202020202020u) | eight | (eight + 0x0101010101010101u)) & 0x8080808080808080u)) {
                at += 8;
                continue;
            }
        }
        uint32_t code;
        at += character_at(at, end, &code);
        if (code >= PLANE || !is_plain[code]) return 0;
    }
    return 1;
}

EXPORT void reading_free(reading *one) {
    if (!one) return;
    if (one->own) page_free(one->own);
    free(one->own_kinds);
    free(one);
}

/* Read the serialised body (UTF-8), with all that is invisible still in it. NULL where memory is short; to be freed with reading_free. */
EXPORT reading *reading_of(const char *source, int64_t size, int64_t most_pieces, int64_t most_blocks) {
    reading *result = calloc(1, sizeof *result);
    if (!result) return NULL;
    char *kept = NULL;
    const char *at;
    size_t left = 0;
    int odd = 0;
    link_table links = {0}, again = {0};
    page *first = NULL;
    kept = visible_source(source, (size_t)size, &left, &odd);
    if (!kept) goto failed;
    if (odd) {
        result->status = 1;
        goto done;
    }
    at = kept;
    const char *end = at + left;
    result->pieces = 1;
    for (const char *one = at; (one = memchr(one, '<', (size_t)(end - one))); one++) result->pieces++;
    if (result->pieces > most_pieces) {
        result->status = 2;
        goto done;
    }
    const char *begin = memchr(at, '<', left);
    if (!begin) begin = end;
    first = calloc(1, sizeof *first);
    if (!first) goto failed;
    walk_source(first, begin, end, 0, &links, NULL);
    if (first->failed) goto failed;
    if (first->odd) {
        result->status = 1;
        goto done;
    }
    if ((int64_t)first->blocks > most_blocks) {
        result->status = 3;
        result->blocks = (int64_t)first->blocks;
        goto done;
    }
    int reveal = first->hidden > first->shown, unclosed = 0;
    for (size_t i = 0; i < links.capacity; i++) unclosed |= links.slots[i].used && links.slots[i].size > LONGEST_LINK;
    if (reveal || unclosed) {
        page_free(first);
        first = calloc(1, sizeof *first);
        if (!first) goto failed;
        walk_source(first, begin, end, reveal, &again, unclosed ? &links : NULL);
        if (first->failed) goto failed;
        if (first->odd) {
            result->status = 1;
            goto done;
        }
    }
    int32_t *kinds = kinds_of(first);
    if (!kinds) goto failed;
    result->own_kinds = kinds;
    result->own = first;
    result->blocks = (int64_t)first->blocks;
    result->elements = (int64_t)first->elements;
    result->text = first->text.data;
    result->text_size = (int64_t)first->text.size;
    result->normal = is_normal(first->text.data, first->text.size);
    result->names = first->names.data;
    result->names_size = (int64_t)first->names.size;
    result->linked = (const double *)first->linked.data;
    result->bold = (const double *)first->bold.data;
    result->bits = (const uint64_t *)first->bits.data;
    result->places = (const uint64_t *)first->places.data;
    result->element = (const int32_t *)first->element.data;
    result->parents = (const int32_t *)first->parents.data;
    result->ends = (const int32_t *)first->ends.data;
    result->depths = (const int32_t *)first->depths.data;
    result->kinds = kinds;
    first = NULL;
done:
    if (first) page_free(first);
    free(kept);
    free(links.slots);
    free(again.slots);
    return result;
failed:
    if (first) page_free(first);
    free(kept);
    free(links.slots);
    free(again.slots);
    free(result->own_kinds);
    free(result);
    return NULL;
}
