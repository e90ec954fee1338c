/* One pass over the serialised body of a page: its visible text blocks and the elements that hold them (see workers/cleaner/blocks.py). */
#include "core.h"

#include <stdlib.h>
#include <string.h>

/* What a tag does to the reading; the order of workers/cleaner/blocks.py. */
enum { SINGLE, LINE, RULE, FLOWING, STRONG, LINK, BLOCK, GONE, GONE_RAW, GONE_SINGLE, ODD };

#define LINE_BREAK 0x1e
#define PROSE 80             /* characters: hidden or shown text that counts */
#define LONGEST_LINK 1500    /* characters */
#define LONGEST_HEAD 3000    /* characters of attributes that are read for class words */
#define LONGEST_VALUE 300    /* characters of one attribute's value, likewise */
#define LONGEST_STYLE 500    /* characters between style=" and what hides */
#define KIND_HEAD 80         /* characters of attributes that make two elements of one kind */

static word_table place_words, tag_places, tag_kinds, telling_names;
static uint64_t body_property;

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

typedef struct {
    slice key;
    int64_t size;
    int used;
} link_size;

typedef struct {
    link_size *slots;
    size_t capacity, count;
} link_table;

/* What Python reads. */
typedef struct {
    int64_t pieces, blocks, elements, text_size;
    int32_t status; /* 0 read; 1 not to be read here; 2 too many tags; 3 too many blocks */
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

EXPORT int32_t reading_tables(const char *words, int64_t words_size, const uint64_t *word_bits, int64_t word_count, const char *tags,
                              int64_t tags_size, const uint64_t *tag_bits, int64_t tag_count, const char *kinds, int64_t kinds_size,
                              const uint64_t *kind_values, int64_t kind_count, const char *telling, int64_t telling_size, int64_t telling_count,
                              uint64_t property) {
    uint64_t *ones = calloc((size_t)telling_count + 1, sizeof *ones);
    if (!ones) return -1;
    int failed = words_build(&place_words, words, (size_t)words_size, word_bits, (size_t)word_count) ||
                 words_build(&tag_places, tags, (size_t)tags_size, tag_bits, (size_t)tag_count) ||
                 words_build(&tag_kinds, kinds, (size_t)kinds_size, kind_values, (size_t)kind_count) ||
                 words_build(&telling_names, telling, (size_t)telling_size, ones, (size_t)telling_count);
    free(ones);
    body_property = property;
    return failed ? -1 : 0;
}

static const char *find(const char *at, const char *end, const char *what, size_t size) {
    while (at + size <= end) {
        const char *first = memchr(at, what[0], (size_t)(end - at) - size + 1);
        if (!first) return NULL;
        if (!memcmp(first, what, size)) return first;
        at = first + 1;
    }
    return NULL;
}

static size_t characters(const char *at, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++) count += ((unsigned char)at[i] & 0xc0) != 0x80;
    return count;
}

/* The first `count` characters of a piece. */
static slice first_characters(slice whole, size_t count) {
    if (whole.size <= count) return whole;
    size_t seen = 0, place = 0;
    while (place < whole.size) {
        if (((unsigned char)whole.at[place] & 0xc0) != 0x80 && seen++ == count) break;
        place++;
    }
    return (slice){whole.at, place};
}

static int is_word_byte(unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte >= 0x80;
}

/* ---- what class, id and the like name ---- */

/* The places that the words of lower case ASCII letters and digits name: digits with the letters behind them, or letters. */
static uint64_t bits_of_words(const char *text, size_t size) {
    uint64_t bits = 0, found;
    size_t at = 0;
    while (at < size) {
        size_t start = at;
        while (at < size && text[at] >= '0' && text[at] <= '9') at++;
        while (at < size && text[at] >= 'a' && text[at] <= 'z') at++;
        if (at == start) {
            at++;
            continue;
        }
        if (words_find(&place_words, text + start, at - start, &found)) bits |= found;
    }
    return bits;
}

/* The places that one word of a class list or id names. */
static uint64_t token_bits(const char *token, size_t size) {
    char lower[4 * LONGEST_VALUE + 8], split[8 * LONGEST_VALUE + 16];
    size_t length = 0, splits = 0;
    lower[0] = split[0] = 0;
    int camel = 0;
    const unsigned char *at = (const unsigned char *)token, *end = at + size;
    char before = 0;
    while (at < end) {
        uint32_t code;
        at += character_at(at, end, &code);
        char letter = code < 0x80 ? (char)code : (char)0x7f; /* no letter of ours */
        int upper = letter >= 'A' && letter <= 'Z';
        if (upper && before >= 'a' && before <= 'z') {
            split[splits++] = ' ';
            camel = 1;
        }
        before = letter;
        if (upper) letter = (char)(letter + 32);
        if (code == 0x212a) letter = 'k'; /* the signs whose lower case has an ASCII letter: Kelvin and the dotted I */
        if (code == 0x130) letter = 'i';
        lower[length++] = letter;
        split[splits++] = letter;
        if (code == 0x130) {
            lower[length++] = 0x7f;
            split[splits++] = 0x7f;
        }
    }
    uint64_t bits = bits_of_words(lower, length);
    return camel ? bits | bits_of_words(split, splits) : bits;
}

/* Whether what stands before a value ends in an attribute name that tells of a place, and "=". */
static int tells(const char *at, const char *end) {
    if (end == at || end[-1] != '=') return 0;
    const char *stop = end - 1, *start = stop;
    while (start > at && (is_word_byte((unsigned char)start[-1]) || start[-1] == '-')) start--;
    uint64_t unused;
    for (; start < stop; start++) /* "data-type", or "type" behind any hyphen */
        if ((start == at || !is_word_byte((unsigned char)start[-1])) && words_find(&telling_names, start, (size_t)(stop - start), &unused)) return 1;
    return 0;
}

static uint64_t element_bits(slice tag, slice attributes) {
    uint64_t bits = 0;
    if (!words_find(&tag_places, tag.at, tag.size, &bits)) bits = 0;
    if (!attributes.size) return bits;
    slice read = first_characters(attributes, LONGEST_HEAD);
    const char *at = read.at, *end = read.at + read.size;
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) break;
        const char *value = quote + 1, *stop = value <= end ? memchr(value, '"', (size_t)(end - value)) : NULL;
        if (!stop) stop = end;
        if (tells(at, quote)) {
            slice cut = first_characters((slice){value, (size_t)(stop - value)}, LONGEST_VALUE);
            const unsigned char *here = (const unsigned char *)cut.at, *last = here + cut.size, *start = here;
            while (here < last) {
                uint32_t code;
                size_t size = character_at(here, last, &code);
                if (is_space(code)) {
                    if (here > start) bits |= token_bits((const char *)start, (size_t)(here - start));
                    start = here + size;
                }
                here += size;
            }
            if (last > start) bits |= token_bits((const char *)start, (size_t)(last - start));
        }
        if (stop >= end) break;
        at = stop + 1;
    }
    const char *all = attributes.at, *last = all + attributes.size, *property = all;
    while ((property = find(property, last, "itemprop=\"", 10))) {
        property += 10;
        size_t left = (size_t)(last - property);
        if ((left >= 11 && !memcmp(property, "articleBody", 11)) || (left >= 4 && !memcmp(property, "text", 4))) return bits | body_property;
    }
    return bits;
}

/* ---- what is hidden ---- */

static const char *skip_spaces(const char *at, const char *end) {
    while (at < end) {
        uint32_t code;
        size_t size = character_at((const unsigned char *)at, (const unsigned char *)end, &code);
        if (!is_space(code)) break;
        at += size;
    }
    return at;
}

static int says_after_colon(const char *at, const char *end, const char *what, size_t size) {
    at = skip_spaces(at, end);
    if (at == end || *at != ':') return 0;
    at = skip_spaces(at + 1, end);
    return (size_t)(end - at) >= size && !memcmp(at, what, size);
}

/* Whether a style, from behind its opening quotation mark, hides the element. */
static int style_hides(const char *at, const char *end) {
    size_t seen = 0;
    for (; at < end && *at != '"'; at++) {
        if (((unsigned char)*at & 0xc0) != 0x80 && seen++ > LONGEST_STYLE) return 0;
        size_t left = (size_t)(end - at);
        if (left > 7 && !memcmp(at, "display", 7) && says_after_colon(at + 7, end, "none", 4)) return 1;
        if (left > 10 && !memcmp(at, "visibility", 10) && says_after_colon(at + 10, end, "hidden", 6)) return 1;
    }
    return 0;
}

/* Whether a tag carries `hidden` or a style that hides it. */
static int is_hidden(const char *head, const char *end) {
    const char *at = head;
    while (at < end) {
        if ((signed char)*at > 0x20) { /* most of a head: printable ASCII */
            at++;
            continue;
        }
        uint32_t code;
        at += character_at((const unsigned char *)at, (const unsigned char *)end, &code);
        if (!is_space(code)) continue;
        size_t left = (size_t)(end - at);
        if (left >= 6 && !memcmp(at, "hidden", 6) && (left == 6 || at[6] == '=' || (left == 7 && at[6] == '\n'))) return 1;
        if (left >= 7 && !memcmp(at, "style=\"", 7) && style_hides(at + 7, end)) return 1;
    }
    return 0;
}

/* ---- links, by the source of their attributes ---- */

static link_size *link_slot(link_table *table, slice key) {
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

static int is_unclosed(const link_table *table, slice key) {
    if (!table || !table->capacity) return 0;
    size_t place = hash_bytes(key.at, key.size, 0) & (table->capacity - 1);
    while (table->slots[place].used) {
        const link_size *slot = &table->slots[place];
        if (slot->key.size == key.size && !memcmp(slot->key.at, key.at, key.size)) return slot->size > LONGEST_LINK;
        place = (place + 1) & (table->capacity - 1);
    }
    return 0;
}

/* ---- the walk ---- */

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

/* Where a tag's name ends. */
static const char *name_end(const char *at, const char *end) {
    while (at < end && *at != ' ' && *at != '>') at++;
    return at;
}

static int kind_of(slice name) {
    uint64_t known;
    return words_find(&tag_kinds, name.at, name.size, &known) ? (int)known : BLOCK;
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
static char *visible_source(const char *source, size_t size, size_t *left, int *odd) {
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
