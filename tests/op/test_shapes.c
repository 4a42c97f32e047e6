/* Shapes that work and shapes that do not: each error names the node, what was found and what would
 * work. */
#include "harness.h"
#include "small_graph.h"

typedef struct wrong {
    rig_setup s;
    fsnn_status status;
    const char *sentence; /* the whole of it */
} wrong;

static const fsnn_linear no_out = {0, true}, ten = {10, true};
static const fsnn_conv2d big = {32, {5, 5}, {1, 1}, {0, 0}, {1, 1}, 1, true},
                         thirds = {32, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 3, true},
                         still = {32, {1, 1}, {1, 0}, {0, 0}, {1, 1}, 1, true},
                         empty = {.out = 4, .stride = {1, 1}, .dilation = {1, 1}, .groups = 1};
static const fsnn_convtranspose2d beyond_stride = {4,      {3, 3}, {2, 2}, {0, 0},
                                                   {2, 0}, {1, 1}, 1,      false};
static const fsnn_convtranspose2d nothing_left = {4,      {3, 3}, {1, 1}, {2, 2},
                                                  {0, 0}, {1, 1}, 1,      false};
static const fsnn_convtranspose2d transposed_thirds = {6,      {3, 3}, {1, 1}, {0, 0},
                                                       {0, 0}, {1, 1}, 3,      false};
static const fsnn_upsample no_factor = {.mode = FSNN_UPSAMPLE_LINEAR};
static const fsnn_upsample oblong_factor = {.factor = {2, 3}};
static const fsnn_pool thick = {{2, 2}, {0, 0}, {2, 0}, true, {0, 0}},
                       four = {{4, 4}, {0, 0}, {0, 0}, true, {0, 0}};
static const fsnn_conv1d long_kernel = {8, 7, 1, 0, 1, 1, true}, line = {8, 3, 1, 1, 1, 1, true};
static const fsnn_pool no_window = {.count_padding = true},
                       both = {.kernel = {2, 2}, .adaptive = {1, 1}}, half = {.adaptive = {2, 0}},
                       oblong = {.kernel = {3, 2}},
                       thick_line = {.kernel = {3, 3}, .padding = {2, 2}};
static const fsnn_permute twice = {FSNN_SHAPE(0, 0)}, beyond = {FSNN_SHAPE(0, 2)},
                          few = {FSNN_SHAPE(1, 0)};
static const fsnn_reduce axis_three = {.axes = FSNN_SHAPE(3)};
static const fsnn_multiply endless = {HUGE_VAL};
static const fsnn_matmul plain = {false, false, 1}, turned = {true, true, 1},
                         endless_product = {false, false, -HUGE_VAL};
static const fsnn_layernorm flat = {1, 0, true}, deep = {3, 1e-5, true};
static const fsnn_attention one_head = {1, 1, FSNN_FEATURES_FIRST},
                            three_heads = {3, 1, FSNN_FEATURES_FIRST},
                            tokens_first = {1, 1, FSNN_FEATURES_LAST},
                            no_head = {0, 1, FSNN_FEATURES_FIRST},
                            strange = {1, 1, (fsnn_features)2},
                            endless_scale = {1, HUGE_VAL, FSNN_FEATURES_FIRST};
static const fsnn_head no_class = {0, true, FSNN_FEATURES_FIRST},
                       classes = {3, true, FSNN_FEATURES_FIRST},
                       strange_head = {3, true, (fsnn_features)-1};
static const fsnn_reshape by_four = {FSNN_SHAPE(4, -1)}, two_open = {FSNN_SHAPE(-1, -1)},
                          fewer = {FSNN_SHAPE(3, 4)}, more = {FSNN_SHAPE(3, 6)},
                          zero = {FSNN_SHAPE(0, 15)};
static const fsnn_droppath none_left = {1};
static const fsnn_dropout all = {1, false}, negative = {-0.5, false};
static const fsnn_batchnorm no_eps = {0, 0.1, true, false}, fast = {1e-5, 2, true, false};
static const fsnn_concat axis3 = {3}, axis0 = {0};
static const fsnn_split thirds_of = {0, 3}, many = {0, 9}, below = {-1, 2};
static const fsnn_voting three = {3}, none = {0};

static const fsnn_graph_layer no_matrix = {.out = 3}, no_features = {.matrix = &small_graph},
                              edges = {.out = 3, .matrix = &small_graph};

static const wrong cases[] = {
    {{"graph", &no_matrix, 1, 1, true, 1, {FSNN_SHAPE(5, 3)}, false},
     FSNN_EARGUMENT,
     "graph \"node\": there is no matrix: fsnn_graph_propagation makes one from a graph, a "
     "description names the graph's folder in path"},
    {{"graph", &edges, 1, 1, true, 1, {FSNN_SHAPE(4, 3)}, false},
     FSNN_ESHAPE,
     "graph \"node\": its input is [4, 3], but the graph has 5 nodes: it takes [5, features]"},
    {{"gcn", &edges, 1, 1, true, 1, {FSNN_SHAPE(5)}, false},
     FSNN_ESHAPE,
     "gcn \"node\": its input is [5], but the graph has 5 nodes: it takes [5, features]"},
    {{"gcn", &no_features, 1, 1, true, 1, {FSNN_SHAPE(5, 3)}, false},
     FSNN_EARGUMENT,
     "gcn \"node\": out is 0, it must lie between 1 and 2147483647"},
    {{"linear", &no_out, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "linear \"node\": out is 0, it must lie between 1 and 2147483647"},
    {{"linear", &ten, 1, 1, true, 1, {{0}}, false},
     FSNN_ESHAPE,
     "linear \"node\": its input is a scalar: it takes at least one dimension"},
    {{"conv2d", &big, 1, 1, true, 1, {FSNN_SHAPE(64, 3, 3)}, true},
     FSNN_ESHAPE,
     "conv2d \"node\": kernel 5x5 with padding 0x0 and dilation 1x1 does not fit into its input "
     "[64, 3, 3]: a smaller kernel or a padding of at least 1x1 would"},
    {{"conv2d", &big, 1, 1, true, 1, {FSNN_SHAPE(784)}, false},
     FSNN_ESHAPE,
     "conv2d \"node\": its input [784] is not an image: it takes [C, H, W] (reshape makes one)"},
    {{"conv2d", &thirds, 1, 1, true, 1, {FSNN_SHAPE(64, 3, 3)}, true},
     FSNN_ESHAPE,
     "conv2d \"node\": groups 3 must divide both the 64 channels of its input [64, 3, 3] and out "
     "32"},
    {{"conv2d", &still, 1, 1, true, 1, {FSNN_SHAPE(64, 3, 3)}, true},
     FSNN_EARGUMENT,
     "conv2d \"node\": stride is 0, it must lie between 1 and 65536"},
    {{"conv2d", &empty, 1, 1, true, 1, {FSNN_SHAPE(64, 3, 3)}, true},
     FSNN_EARGUMENT,
     "conv2d \"node\": kernel is 0, it must lie between 1 and 65536"},
    {{"convtranspose2d", &beyond_stride, 1, 1, true, 1, {FSNN_SHAPE(4, 3, 3)}, true},
     FSNN_EARGUMENT,
     "convtranspose2d \"node\": output_padding 2 is not below the stride 2: it chooses one of the "
     "sizes that a convolution of this stride takes to the input's"},
    {{"convtranspose2d", &nothing_left, 1, 1, true, 1, {FSNN_SHAPE(4, 1, 1)}, true},
     FSNN_ESHAPE,
     "convtranspose2d \"node\": padding 2 takes all of the output of its input [4, 1, 1]: at most "
     "1 "
     "leaves something"},
    {{"convtranspose2d", &transposed_thirds, 1, 1, true, 1, {FSNN_SHAPE(4, 3, 3)}, true},
     FSNN_ESHAPE,
     "convtranspose2d \"node\": groups 3 must divide both the 4 channels of its input [4, 3, 3] "
     "and "
     "out 6"},
    {{"upsample", &no_factor, 1, 1, true, 1, {FSNN_SHAPE(4, 3, 3)}, true},
     FSNN_EARGUMENT,
     "upsample: it needs a factor, or the output's size"},
    {{"upsample", &oblong_factor, 1, 1, true, 1, {FSNN_SHAPE(4, 3)}, true},
     FSNN_EARGUMENT,
     "upsample \"node\": factor is 2x3, but its input [4, 3] is a line, for which it is one "
     "number"},
    {{"maxpool", &thick, 1, 1, true, 1, {FSNN_SHAPE(2, 8, 8)}, true},
     FSNN_EARGUMENT,
     "maxpool \"node\": padding 2x0 is more than half the kernel 2x2: windows would lie outside of "
     "the image; at most 1x1 works"},
    {{"avgpool", &four, 1, 1, true, 1, {FSNN_SHAPE(2, 3, 8)}, true},
     FSNN_ESHAPE,
     "avgpool \"node\": kernel 4x4 with padding 0x0 and dilation 1x1 does not fit into its input "
     "[2, 3, 8]: a smaller kernel or a padding of at least 1x0 would"},
    {{"conv1d", &long_kernel, 1, 1, true, 1, {FSNN_SHAPE(4, 5)}, true},
     FSNN_ESHAPE,
     "conv1d \"node\": kernel 7 with padding 0 and dilation 1 does not fit into its input [4, 5]: "
     "a smaller kernel or a padding of at least 1 would"},
    {{"conv1d", &line, 1, 1, true, 1, {FSNN_SHAPE(4, 5, 2)}, true},
     FSNN_ESHAPE,
     "conv1d \"node\": its input [4, 5, 2] is not a line: it takes [C, L] (reshape makes one)"},
    {{"maxpool", &no_window, 1, 1, true, 1, {FSNN_SHAPE(4, 5)}, true},
     FSNN_EARGUMENT,
     "maxpool \"node\": it needs a kernel, the window's size, or adaptive, the output's size"},
    {{"sumpool", &both, 1, 1, true, 1, {FSNN_SHAPE(4, 5)}, true},
     FSNN_EARGUMENT,
     "sumpool \"node\": adaptive is the output's size, from which the windows follow: without "
     "kernel, stride and padding it works"},
    {{"avgpool", &half, 1, 1, true, 1, {FSNN_SHAPE(4, 5, 5)}, true},
     FSNN_EARGUMENT,
     "avgpool \"node\": adaptive is 0, it must lie between 1 and 65536"},
    {{"avgpool", &oblong, 1, 1, true, 1, {FSNN_SHAPE(4, 5)}, true},
     FSNN_EARGUMENT,
     "avgpool \"node\": kernel is 3x2, but its input [4, 5] is a line, for which it is one number"},
    {{"sumpool", &thick_line, 1, 1, true, 1, {FSNN_SHAPE(4, 5)}, true},
     FSNN_EARGUMENT,
     "sumpool \"node\": padding 2 is more than half the kernel 3: windows would lie outside of the "
     "image; at most 1 works"},
    {{"sumpool", &oblong, 1, 1, true, 1, {FSNN_SHAPE(4)}, true},
     FSNN_ESHAPE,
     "sumpool \"node\": its input [4] is neither a line nor an image: it takes [C, L] or [C, H, W] "
     "(reshape makes one)"},
    {{"permute", &twice, 1, 1, true, 1, {FSNN_SHAPE(3, 4)}, false},
     FSNN_EARGUMENT,
     "permute \"node\": axis 0 stands twice in [0, 0]: once works"},
    {{"permute", &beyond, 1, 1, true, 1, {FSNN_SHAPE(3, 4)}, false},
     FSNN_EARGUMENT,
     "permute \"node\": axis 2 in [0, 2] is none of its input [3, 4], which has the axes 0 to 1"},
    {{"permute", &few, 1, 1, true, 1, {FSNN_SHAPE(3, 4, 5)}, false},
     FSNN_EARGUMENT,
     "permute \"node\": axes [1, 0] are 2, but its input [3, 4, 5] has 3: all of them work"},
    {{"mean", &axis_three, 1, 1, true, 1, {FSNN_SHAPE(3, 4)}, false},
     FSNN_EARGUMENT,
     "mean \"node\": axis 3 in [3] is none of its input [3, 4], which has the axes 0 to 1"},
    {{"multiply", NULL, 1, 1, true, 2, {FSNN_SHAPE(3), FSNN_SHAPE(4)}, false},
     FSNN_ESHAPE,
     "multiply \"node\": input 1 is [4] but input 0 is [3]: all must have one shape"},
    {{"multiply", &endless, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "multiply \"node\": scale is inf, it must be finite"},
    {{"matmul", &plain, 1, 1, true, 2, {FSNN_SHAPE(3), FSNN_SHAPE(3)}, false},
     FSNN_ESHAPE,
     "matmul \"node\": [3] times [3]: both must be matrices, [M, K] and [K, N] after leading "
     "dimensions"},
    {{"matmul", &plain, 1, 1, true, 2, {FSNN_SHAPE(2, 3, 4), FSNN_SHAPE(4, 5)}, false},
     FSNN_ESHAPE,
     "matmul \"node\": [2, 3, 4] times [4, 5]: both must have as many dimensions"},
    {{"matmul", &plain, 1, 1, true, 2, {FSNN_SHAPE(2, 3, 4), FSNN_SHAPE(3, 4, 5)}, false},
     FSNN_ESHAPE,
     "matmul \"node\": [2, 3, 4] times [3, 4, 5]: all dimensions but the last two must be the "
     "same"},
    {{"matmul", &turned, 1, 1, true, 2, {FSNN_SHAPE(3, 4), FSNN_SHAPE(5, 4)}, false},
     FSNN_ESHAPE,
     "matmul \"node\": [3, 4] transposed times [5, 4] transposed: the columns of the first must be "
     "as many as the rows of the second"},
    {{"matmul", &endless_product, 1, 1, true, 2, {FSNN_SHAPE(3, 4), FSNN_SHAPE(4, 3)}, false},
     FSNN_EARGUMENT,
     "matmul \"node\": scale is -inf, it must be finite"},
    {{"layernorm", &flat, 1, 1, true, 1, {FSNN_SHAPE(3, 4)}, false},
     FSNN_EARGUMENT,
     "layernorm \"node\": eps is 0, it must be positive"},
    {{"layernorm", &deep, 1, 1, true, 1, {FSNN_SHAPE(3, 4)}, false},
     FSNN_ESHAPE,
     "layernorm \"node\": dims is 3, but its input [3, 4] has 2 dimensions: at most as many work "
     "(0 is all)"},
    {{"attention",
      &one_head,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(4, 6), FSNN_SHAPE(3, 6), FSNN_SHAPE(4, 6)},
      false},
     FSNN_ESHAPE,
     "attention \"node\": q [4, 6], k [3, 6], v [4, 6]: q and k must have as many features"},
    {{"attention",
      &tokens_first,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4), FSNN_SHAPE(5, 4)},
      false},
     FSNN_ESHAPE,
     "attention \"node\": q [6, 4], k [6, 4], v [5, 4]: k and v must have as many tokens"},
    {{"attention",
      &three_heads,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4), FSNN_SHAPE(4, 4)},
      false},
     FSNN_ESHAPE,
     "attention \"node\": 3 heads must divide the 4 features of v"},
    {{"attention",
      &one_head,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6), FSNN_SHAPE(6, 4)},
      false},
     FSNN_ESHAPE,
     "attention \"node\": its input [6] is no set of tokens: features first takes [D, tokens] or "
     "[D, H, W]"},
    {{"attention",
      &tokens_first,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4, 2), FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4)},
      false},
     FSNN_ESHAPE,
     "attention \"node\": its input [6, 4, 2] is no set of tokens: features last takes [tokens, "
     "D]"},
    {{"attention",
      &no_head,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4)},
      false},
     FSNN_EARGUMENT,
     "attention \"node\": heads is 0, it must lie between 1 and 2147483647"},
    {{"attention",
      &strange,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4)},
      false},
     FSNN_EARGUMENT,
     "attention \"node\": features 2 is neither first nor last"},
    {{"attention",
      &endless_scale,
      1,
      1,
      true,
      3,
      {FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4), FSNN_SHAPE(6, 4)},
      false},
     FSNN_EARGUMENT,
     "attention \"node\": scale is inf, it must be finite"},
    {{"head", &no_class, 1, 1, true, 1, {FSNN_SHAPE(6, 4)}, false},
     FSNN_EARGUMENT,
     "head \"node\": out is 0, it must lie between 1 and 2147483647"},
    {{"head", &strange_head, 1, 1, true, 1, {FSNN_SHAPE(6, 4)}, false},
     FSNN_EARGUMENT,
     "head \"node\": features -1 is neither first nor last"},
    {{"head", &classes, 1, 1, true, 1, {{0}}, false},
     FSNN_ESHAPE,
     "head \"node\": its input is a scalar: it takes features and tokens"},
    {{"reshape", &by_four, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_ESHAPE,
     "reshape \"node\": its input [3, 5] with 15 numbers does not fit [4, -1]: the known "
     "dimensions must divide that number"},
    {{"reshape", &two_open, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_ESHAPE,
     "reshape \"node\": its input [3, 5] with 15 numbers does not fit [-1, -1]: only one dimension "
     "may be -1"},
    {{"reshape", &fewer, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_ESHAPE,
     "reshape \"node\": its input [3, 5] with 15 numbers does not fit [3, 4]: both must have as "
     "many numbers (-1 takes what is left)"},
    {{"reshape", &more, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_ESHAPE,
     "reshape \"node\": its input [3, 5] with 15 numbers does not fit [3, 6]: it asks for more "
     "numbers"},
    {{"reshape", &zero, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_ESHAPE,
     "reshape \"node\": its input [3, 5] with 15 numbers does not fit [0, 15]: dimensions are "
     "positive, or one of them -1"},
    {{"reshape", NULL, 1, 1, true, 1, {FSNN_SHAPE(3, 5)}, false},
     FSNN_EARGUMENT,
     "reshape \"node\": the shape has 0 dimensions, it needs 1 to 8"},
    {{"dropout", &all, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "dropout \"node\": p is 1, it must be at least 0 and less than 1"},
    {{"droppath", &none_left, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "droppath \"node\": p is 1, it must be at least 0 and less than 1"},
    {{"dropout", &negative, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "dropout \"node\": p is -0.5, it must be at least 0 and less than 1"},
    {{"batchnorm", &no_eps, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "batchnorm \"node\": eps is 0, it must be positive"},
    {{"batchnorm", &fast, 1, 1, true, 1, {FSNN_SHAPE(3)}, false},
     FSNN_EARGUMENT,
     "batchnorm \"node\": momentum is 2, it must lie between 0 and 1"},
    {{"batchnorm", NULL, 1, 1, true, 1, {{0}}, false},
     FSNN_ESHAPE,
     "batchnorm \"node\": its input is a scalar: it takes channels in the first dimension"},
    {{"add", NULL, 1, 1, true, 2, {FSNN_SHAPE(3), FSNN_SHAPE(4)}, false},
     FSNN_ESHAPE,
     "add \"node\": input 1 is [4] but input 0 is [3]: all must have one shape"},
    {{"concat", &axis3, 1, 1, true, 2, {FSNN_SHAPE(3, 2, 2), FSNN_SHAPE(3, 2, 2)}, false},
     FSNN_EARGUMENT,
     "concat \"node\": axis is 3, its input [3, 2, 2] has the axes 0 to 2 (channels are 0)"},
    {{"concat", &axis0, 1, 1, true, 2, {FSNN_SHAPE(3, 2, 2), FSNN_SHAPE(3, 2, 1)}, false},
     FSNN_ESHAPE,
     "concat \"node\": input 1 is [3, 2, 1] but input 0 is [3, 2, 2]: they may differ along axis 0 "
     "only"},
    {{"concat", &axis0, 1, 1, true, 2, {FSNN_SHAPE(3, 2, 2), FSNN_SHAPE(12)}, false},
     FSNN_ESHAPE,
     "concat \"node\": input 1 is [12] but input 0 is [3, 2, 2]: they may differ along axis 0 "
     "only"},
    {{"split", &thirds_of, 1, 1, true, 1, {FSNN_SHAPE(4, 2)}, false},
     FSNN_ESHAPE,
     "split \"node\": axis 0 of its input [4, 2] cannot be cut into 3 equal parts: the number must "
     "divide 4"},
    {{"split", &many, 1, 1, true, 1, {FSNN_SHAPE(9)}, false},
     FSNN_EARGUMENT,
     "split \"node\": parts is 9, it must lie between 1 and 8"},
    {{"split", &below, 1, 1, true, 1, {FSNN_SHAPE(9)}, false},
     FSNN_EARGUMENT,
     "split \"node\": axis is -1, its input [9] has the axes 0 to 0 (channels are 0)"},
    {{"voting", &three, 1, 1, true, 1, {FSNN_SHAPE(10)}, false},
     FSNN_ESHAPE,
     "voting \"node\": the last dimension of its input [10] must be a multiple of voters 3"},
    {{"voting", &none, 1, 1, true, 1, {FSNN_SHAPE(10)}, false},
     FSNN_EARGUMENT,
     "voting \"node\": voters is 0, it must lie between 1 and 2147483647"},
};

static void errors(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        rig r;
        fsnn_status status = rig_shape(&r, &cases[i].s);
        if (status != cases[i].status)
            fail_msg("status %d, expected %d and: %s", status, cases[i].status, cases[i].sentence);
        assert_string_equal(fsnn_error_text(), cases[i].sentence);
        rig_close(&r);
    }
}

static void views(void **state)
{
    (void)state;
    static const fsnn_reshape to = {FSNN_SHAPE(2, -1, 3)};
    rig r;
    rig_setup s = {"reshape", &to, 1, 1, true, 1, {FSNN_SHAPE(4, 6)}, false};
    GOOD(rig_shape(&r, &s));
    assert_true(fsnn_shape_equal(&r.node.out[0], &FSNN_SHAPE(2, 4, 3)));
    assert_true(r.node.op->flags & OP_VIEW);
    rig_close(&r);
    s = (rig_setup){"flatten", NULL, 1, 1, true, 1, {FSNN_SHAPE(4, 6, 2)}, false};
    GOOD(rig_shape(&r, &s));
    assert_true(fsnn_shape_equal(&r.node.out[0], &FSNN_SHAPE(48)));
    rig_close(&r);
}

/* Shaping again, as a second wrap does, gives the same node. */
static void again(void **state)
{
    (void)state;
    rig_setup s = {"linear", &ten, 1, 1, true, 1, {FSNN_SHAPE(3)}, false};
    rig r;
    GOOD(rig_shape(&r, &s));
    GOOD(r.node.op->shape(&r.node));
    assert_int_equal(r.node.params, 2);
    assert_int_equal(r.node.outputs, 1);
    rig_close(&r);
}

/* Each kind's keys stand in order: help for each, offsets inside of the options, defaults within
 * range. */
static void tables(void **state)
{
    (void)state;
    for (int i = 0; fsnn_ops[i]; i++) {
        const fsnn_op *op = fsnn_ops[i];
        assert_non_null(op->help);
        assert_true(op->min_in >= 1 && op->max_in >= op->min_in && op->max_in <= OP_MAX_IN);
        assert_true((op->options_size > 0) == (op->defaults != NULL && op->keys != NULL));
        for (const fsnn_key *k = fsnn_keys_first(op->keys); k; k = fsnn_keys_next(k)) {
            assert_non_null(k->help);
            assert_true(k->offset < op->options_size);
            const char *at = (const char *)op->defaults + k->offset;
            int64_t n = 0;
            double v = 0;
            memcpy(&n, at, k->type == FSNN_KEY_INT ? sizeof n : 0);
            memcpy(&v, at, k->type == FSNN_KEY_REAL ? sizeof v : 0);
            if (k->type == FSNN_KEY_INT && !k->required)
                assert_true((double)n >= k->min && (double)n <= k->max);
            if (k->type == FSNN_KEY_REAL)
                assert_true(v >= k->min && v <= k->max);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors),
        cmocka_unit_test(views),
        cmocka_unit_test(again),
        cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
