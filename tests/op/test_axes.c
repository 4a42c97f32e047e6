/* Operators that move and add up along axes against index arithmetic, in every layout: permute,
 * mean, sum, multiply; concat and split of lines. */
#include "harness.h"

/* Where the number at `index` of a sample lies: of shape [C, ...], channels-last or plain. */
static int64_t place(const fsnn_shape *s, bool last, const int64_t *index)
{
    int64_t at = 0;
    for (int d = last ? 1 : 0; d < s->rank; d++)
        at = at * s->dim[d] + index[d];
    return last ? at * s->dim[0] + index[0] : at;
}

static void index_of(const fsnn_shape *s, int64_t i, int64_t *index)
{
    for (int d = s->rank - 1; d >= 0; d--) {
        index[d] = i % s->dim[d];
        i /= s->dim[d];
    }
}

/* ---- permute ---- */

static void permute_case(fsnn_shape in, fsnn_shape axes, bool last)
{
    fsnn_permute o = {axes};
    rig_setup s = {"permute", &o, 2, 3, true, 1, {in}, last};
    rig r;
    rig_open(&r, &s);
    fsnn_shape out = in;
    for (int d = 0; d < in.rank; d++)
        out.dim[d] = in.dim[axes.dim[d]];
    assert_true(fsnn_shape_equal(&r.node.out[0], &out));
    rig_forward(&r);
    rig_backward(&r);
    int64_t n = fsnn_shape_count(&in);
    for (int64_t row = 0; row < 6; row++)
        for (int64_t i = 0; i < n; i++) {
            int64_t to[FSNN_MAX_RANK], from[FSNN_MAX_RANK];
            index_of(&out, i, to);
            for (int d = 0; d < in.rank; d++)
                from[axes.dim[d]] = to[d];
            int64_t a = row * n + place(&in, last, from);
            int64_t b = row * n + place(&out, r.node.out_last[0], to);
            assert_true(r.run.out[0][b] == r.run.in[0][a]);
            assert_true(r.run.gin[0][a] == r.run.gout[0][b]);
        }
    rig_close(&r);
}

/* Calls body for every order of 0..rank-1. */
static void orders(int rank, int depth, int64_t *axis, void (*body)(const int64_t *axis))
{
    if (depth == rank) {
        body(axis);
        return;
    }
    for (int64_t a = 0; a < rank; a++) {
        bool used = false;
        for (int d = 0; d < depth; d++)
            used |= axis[d] == a;
        axis[depth] = a;
        if (!used)
            orders(rank, depth + 1, axis, body);
    }
}

static void one_order_of_four(const int64_t *a)
{
    for (int last = 0; last < 2; last++) {
        permute_case(FSNN_SHAPE(3, 17, 2, 5), FSNN_SHAPE(a[0], a[1], a[2], a[3]), last);
        permute_case(FSNN_SHAPE(2, 1, 4, 1), FSNN_SHAPE(a[0], a[1], a[2], a[3]), last);
    }
}

static void one_order_of_two(const int64_t *a)
{
    static const int64_t size[][2] = {{1, 7}, {7, 1}, {16, 16}, {33, 20}, {3, 50}};
    for (int i = 0; i < FSNN_COUNT(size); i++)
        for (int last = 0; last < 2; last++)
            permute_case(FSNN_SHAPE(size[i][0], size[i][1]), FSNN_SHAPE(a[0], a[1]), last);
}

static void permute(void **state)
{
    (void)state;
    int64_t axis[4];
    orders(4, 0, axis, one_order_of_four);
    orders(2, 0, axis, one_order_of_two);
    permute_case(FSNN_SHAPE(5), FSNN_SHAPE(0), false);
}

/* From channels-last to tokens nothing moves, nor back. */
static void permute_layouts(void **state)
{
    (void)state;
    fsnn_permute o = {FSNN_SHAPE(1, 0)};
    rig r;
    rig_setup s = {"permute", &o, 1, 1, false, 1, {FSNN_SHAPE(4, 9)}, true};
    rig_open(&r, &s);
    assert_false(r.node.out_last[0]);
    rig_forward(&r);
    assert_memory_equal(r.run.out[0], r.run.in[0], 36 * sizeof(real));
    rig_close(&r);
    s.last = false;
    rig_open(&r, &s);
    assert_true(r.node.out_last[0]);
    rig_forward(&r);
    assert_memory_equal(r.run.out[0], r.run.in[0], 36 * sizeof(real));
    rig_close(&r);
}

/* ---- mean and sum ---- */

static void reduce_case(const char *kind, fsnn_shape in, fsnn_shape axes, bool keep, bool last)
{
    fsnn_reduce o = {axes, keep};
    rig_setup s = {kind, &o, 2, 2, true, 1, {in}, last};
    rig r;
    rig_open(&r, &s);
    bool gone[FSNN_MAX_RANK] = {false};
    int64_t n = fsnn_shape_count(&in), added = 1;
    for (int d = 0; d < in.rank; d++) {
        for (int k = 0; k < axes.rank; k++)
            gone[d] |= axes.dim[k] == d;
        gone[d] |= axes.rank == 0;
        added *= gone[d] ? in.dim[d] : 1;
    }
    fsnn_shape out = {.rank = 0};
    for (int d = 0; d < in.rank; d++)
        if (!gone[d] || keep)
            out.dim[out.rank++] = gone[d] ? 1 : in.dim[d];
    if (!out.rank)
        out = FSNN_SHAPE(1);
    assert_true(fsnn_shape_equal(&r.node.out[0], &out));
    assert_int_equal(r.node.operations, n);
    int64_t m = fsnn_shape_count(&out);
    double scale = kind[0] == 'm' ? 1 / (double)added : 1,
           *want = fsnn_alloc((size_t)m * sizeof *want);
    rig_forward(&r);
    rig_backward(&r);
    for (int64_t row = 0; row < 4; row++) {
        memset(want, 0, (size_t)m * sizeof *want);
        for (int64_t i = 0; i < n; i++) {
            int64_t index[FSNN_MAX_RANK], to[FSNN_MAX_RANK] = {0};
            int rank = 0;
            index_of(&in, i, index);
            for (int d = 0; d < in.rank; d++)
                if (!gone[d] || keep)
                    to[rank++] = gone[d] ? 0 : index[d];
            int64_t a = row * n + place(&in, last, index), b = place(&out, r.node.out_last[0], to);
            want[b] += scale * r.run.in[0][a];
            NEAR("gradient", r.run.gin[0][a], scale * r.run.gout[0][row * m + b], 1e-6 * ROUNDING);
        }
        for (int64_t i = 0; i < m; i++)
            NEAR(kind, r.run.out[0][row * m + i], want[i], 1e-6 * ROUNDING);
    }
    fsnn_free(want);
    rig_close(&r);
}

static void reductions(void **state)
{
    (void)state;
    static const char *const kind[] = {"mean", "sum"};
    static const fsnn_shape in[] = {{3, {5, 70, 3}}, {3, {130, 2, 1}}, {3, {1, 4, 6}}};
    for (int z = 0; z < FSNN_COUNT(in); z++)
        for (int mask = 0; mask < 8; mask++)
            for (int way = 0; way < 8; way++) {
                fsnn_shape axes = {.rank = 0};
                for (int d = 2; d >= 0; d--) /* in any order */
                    if (mask >> d & 1)
                        axes.dim[axes.rank++] = d;
                reduce_case(kind[way & 1], in[z], axes, way & 2, way & 4);
            }
    reduce_case("mean", FSNN_SHAPE(9), FSNN_SHAPE(0), false, false);
    reduce_case("sum", FSNN_SHAPE(3, 2, 4, 5), FSNN_SHAPE(3, 1), false, true);
    reduce_case("sum", FSNN_SHAPE(3, 2, 4, 5), FSNN_SHAPE(0, 2), true, true);
}

/* ---- multiply ---- */

static void multiply(void **state)
{
    (void)state;
    for (int inputs = 1; inputs <= 3; inputs++) {
        fsnn_multiply o = {0.75};
        fsnn_shape shape = FSNN_SHAPE(7, 3);
        rig_setup s = {"multiply", &o, 2, 3, true, inputs, {shape, shape, shape}, true};
        rig r;
        rig_open(&r, &s);
        assert_true(r.node.out_last[0]);
        assert_int_equal(r.node.operations, inputs * 21);
        rig_forward(&r);
        rig_backward(&r);
        for (int i = 0; i < 6 * 21; i++) {
            double want = 0.75;
            for (int k = 0; k < inputs; k++) {
                double others = 0.75 * r.run.gout[0][i];
                for (int j = 0; j < inputs; j++)
                    others *= j == k ? 1 : r.run.in[j][i];
                NEAR("gradient", r.run.gin[k][i], others, 1e-6 * ROUNDING);
                want *= r.run.in[k][i];
            }
            NEAR("multiply", r.run.out[0][i], want, 1e-6 * ROUNDING);
        }
        rig_close(&r);
    }
}

/* ---- lines that lie channels-last ---- */

static void lines(void **state)
{
    (void)state;
    for (int64_t axis = 0; axis < 2; axis++)
        for (int last = 0; last < 2; last++) {
            fsnn_concat o = {axis};
            rig_setup s = {"concat", &o, 2, 2, false, 2, {FSNN_SHAPE(4, 6), FSNN_SHAPE(4, 6)},
                           last};
            s.in[1].dim[axis] = 3;
            rig r;
            rig_open(&r, &s);
            rig_forward(&r);
            int64_t n = fsnn_shape_count(&r.node.out[0]), edge = s.in[0].dim[axis];
            for (int64_t i = 0; i < 4 * n; i++) {
                int64_t index[2], row = i / n;
                index_of(&r.node.out[0], i % n, index);
                real got = r.run.out[0][row * n + place(&r.node.out[0], last, index)];
                int part = index[axis] >= edge;
                index[axis] -= part ? edge : 0;
                assert_true(got == r.run.in[part][row * fsnn_shape_count(&s.in[part]) +
                                                  place(&s.in[part], last, index)]);
            }
            rig_close(&r);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permute),  cmocka_unit_test(permute_layouts), cmocka_unit_test(reductions),
        cmocka_unit_test(multiply), cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
