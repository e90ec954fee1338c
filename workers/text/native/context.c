/* What stands around a piece: neighbours, windows, the page (see workers/cleaner/context.py), and learned trees (workers/cleaner/trees.py).
   A matrix is its columns, one after another, each with a number a row. */
#include "core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REACH 3
#define FIRST_REACH 5
#define NARROW 5
#define WIDER 15
#define MIDDLE 8
#define FAR 99
#define BATCH 64 /* rows that go through the trees side by side */

static int64_t least(int64_t one, int64_t other) { return one < other ? one : other; }
static int64_t most(int64_t one, int64_t other) { return one > other ? one : other; }

/* sums: room for rows + 1 numbers. */
static void running_sums(const float *values, int64_t rows, double *sums) {
    sums[0] = 0.0;
    for (int64_t i = 0; i < rows; i++) sums[i + 1] = sums[i] + (double)values[i];
}

static void window_means(const double *sums, int64_t rows, int64_t reach, float *into) {
    for (int64_t i = 0; i < rows; i++) {
        int64_t low = most(0, i - reach), high = least(rows, i + reach + 1);
        into[i] = (float)((sums[high] - sums[low]) / (double)(high - low));
    }
}

/* The sum in single precision, in the order in which NumPy adds up: eight sums side by side, and halves of what is longer than 128. */
static float pairwise_sum(const float *values, int64_t count) {
    if (count < 8) {
        float sum = 0.0f;
        for (int64_t i = 0; i < count; i++) sum += values[i];
        return sum;
    }
    if (count > 128) {
        int64_t half = count / 2 - count / 2 % 8;
        return pairwise_sum(values, half) + pairwise_sum(values + half, count - half);
    }
    float sums[8];
    int64_t i = 8;
    for (int64_t lane = 0; lane < 8; lane++) sums[lane] = values[lane];
    for (; i < count - count % 8; i += 8)
        for (int64_t lane = 0; lane < 8; lane++) sums[lane] += values[i + lane];
    float sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; i < count; i++) sum += values[i];
    return sum;
}

/* The own columns are in place at `columns`; behind them go those of the neighbours. */
EXPORT int32_t context_neighbours(float *columns, int64_t own, int64_t rows, const int64_t *telling, int64_t count) {
    double *sums = malloc(((size_t)rows + 1) * sizeof *sums);
    if (!sums) return -1;
    float *into = columns + own * rows;
    for (int64_t step = -REACH; step <= REACH; step++) {
        if (!step) continue;
        for (int64_t i = 0; i < count; i++, into += rows) {
            const float *from = columns + telling[i] * rows;
            for (int64_t row = 0; row < rows; row++) {
                int64_t other = row + step;
                into[row] = other < 0 || other >= rows ? -1.0f : from[other];
            }
        }
    }
    float *narrow = into, *wide = into + count * rows, *whole = wide + count * rows, *size = whole + count * rows;
    for (int64_t i = 0; i < count; i++) {
        running_sums(columns + telling[i] * rows, rows, sums);
        window_means(sums, rows, NARROW, narrow + i * rows);
        window_means(sums, rows, WIDER, wide + i * rows);
        float mean = pairwise_sum(columns + telling[i] * rows, rows) / (float)rows;
        for (int64_t row = 0; row < rows; row++) whole[i * rows + row] = mean;
    }
    for (int64_t row = 0; row < rows; row++) size[row] = (float)rows;
    free(sums);
    return 0;
}

/* The twenty-two columns of the second look. */
EXPORT int32_t context_second(const float *chance, const float *sizes, int64_t rows, float *into) {
    double *sums = malloc(((size_t)rows + 1) * sizeof *sums);
    float *weight = malloc(((size_t)rows + 1) * sizeof *weight);
    if (!sums || !weight) {
        free(sums);
        free(weight);
        return -1;
    }
    for (int64_t step = -FIRST_REACH; step <= FIRST_REACH; step++, into += rows)
        for (int64_t row = 0; row < rows; row++) into[row] = row + step < 0 || row + step >= rows ? -1.0f : chance[row + step];
    int64_t first = -1, last = -1, solid = 0;
    float highest = 0.0f;
    for (int64_t row = 0; row < rows; row++) {
        weight[row] = chance[row] * sizes[row];
        if (chance[row] > highest) highest = chance[row];
        if (chance[row] > 0.5f && sizes[row] > 60.0f) {
            if (first < 0) first = row;
            last = row;
            solid++;
        }
    }
    if (first < 0) {
        first = 0;
        last = rows - 1;
    }
    float all = pairwise_sum(weight, rows), total = all > 1e-6f ? all : 1e-6f, before = 0.0f;
    float *position = into, *totals = into + rows, *since_first = into + 2 * rows, *until_last = into + 3 * rows, *since = into + 4 * rows,
          *until = into + 5 * rows, *narrow = into + 6 * rows, *wide = into + 7 * rows, *middle = into + 8 * rows, *top = into + 9 * rows,
          *solids = into + 10 * rows;
    int64_t sure = -1;
    for (int64_t row = 0; row < rows; row++) {
        before += weight[row];
        position[row] = (before - weight[row]) / total;
        totals[row] = total;
        since_first[row] = (float)(row - first);
        until_last[row] = (float)(last - row);
        since[row] = (float)(sure < 0 ? FAR : least(FAR, row - sure));
        if (chance[row] > 0.5f && sizes[row] > 60.0f) sure = row;
        top[row] = highest;
        solids[row] = (float)solid;
    }
    sure = -1;
    for (int64_t row = rows - 1; row >= 0; row--) {
        if (chance[row] > 0.5f && sizes[row] > 60.0f) sure = row;
        until[row] = (float)(sure < 0 ? FAR : least(FAR, sure - row));
    }
    running_sums(chance, rows, sums);
    window_means(sums, rows, NARROW, narrow);
    window_means(sums, rows, WIDER, wide);
    running_sums(weight, rows, sums);
    window_means(sums, rows, MIDDLE, middle);
    free(sums);
    free(weight);
    return 0;
}

typedef uint8_t batch __attribute__((vector_size(BATCH)));

/* What the questions (feature, border) say of up to BATCH rows from `start` on; nothing of those behind the last row. */
static void ask(const float *columns, int64_t rows, int64_t start, const int64_t *features, const float *borders, int64_t questions, uint8_t *answers) {
    for (int64_t question = 0; question < questions; question++, answers += BATCH) {
        const float *column = columns + features[question] * rows + start, border = borders[question];
        uint8_t told[BATCH] = {0};
        if (start + BATCH <= rows) /* a number of turns that the compiler knows becomes a few vector instructions */
            for (int64_t row = 0; row < BATCH; row++) told[row] = column[row] > border;
        else
            for (int64_t row = 0; start + row < rows; row++) told[row] = column[row] > border;
        memcpy(answers, told, BATCH);
    }
}

/* The sum of what all trees say of each row, tree after tree. The questions are asked first; `which` names those of each tree, `depth` of them; the
   answer to the last is the highest bit of the number of the leaf. */
EXPORT int32_t trees_sum(const float *columns, int64_t rows, const int64_t *features, const float *borders, int64_t questions, const int64_t *which,
                         const float *leaves, int64_t trees, int64_t depth, float *sums) {
    if (depth < 1 || depth > 8) return -1;
    uint8_t *answers = malloc((size_t)(questions + 1) * BATCH);
    if (!answers) return -1;
    for (int64_t next = 0; next < rows; next += BATCH) {
        int64_t start = next + BATCH <= rows ? next : most(0, rows - BATCH); /* the last batch may begin within the one before it */
        ask(columns, rows, start, features, borders, questions, answers);
        float sum[BATCH] = {0.0f};
        for (int64_t tree = 0; tree < trees; tree++) {
            batch number = {0};
            for (int64_t level = depth - 1; level >= 0; level--) {
                batch answer;
                memcpy(&answer, answers + which[tree * depth + level] * BATCH, BATCH);
                number = number + number + answer;
            }
            uint8_t leaf[BATCH];
            memcpy(leaf, &number, BATCH);
            const float *own = leaves + (tree << depth);
            for (int64_t row = 0; row < BATCH; row++) sum[row] += own[leaf[row]];
        }
        memcpy(sums + start, sum, (size_t)least(BATCH, rows - start) * sizeof *sum);
    }
    free(answers);
    return 0;
}
