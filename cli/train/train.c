/* cli/train/train.c: fsnn train: trains what a description describes into a run directory. */
#include "cli/train/train.h"
#include "cli/train/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct options {
    cli_common common;
    const char *out, *resume, *weights, *precision;
    bool force, other_data, no_figures, lossy;
} options;

train_team *train_team_here;

static bool writes(void)
{
    return !train_team_here || train_team_here->ranks.rank == 0;
}

/* The first row is fsnn-mpi's alone. */
static const cli_option table[] = {
    {"lossy", 0, CLI_FLAG, offsetof(options, lossy), NULL,
     "gradients travel as bfloat16: half of the bytes, other results", 0, 0},
    {"out", 'o', CLI_PATH, offsetof(options, out), "DIR", "run directory (default: runs/NAME)", 0,
     0},
    {"resume", 0, CLI_TEXT, offsetof(options, resume), "DIR",
     "continue the run in DIR where it stopped; its own description is the default", 0, 0},
    {"weights", 'w', CLI_TEXT, offsetof(options, weights), "FILE",
     "begin with these weights: .safetensors, .npz or .pt (PyTorch) with arrays named as the "
     "parameters, or a run directory for its best ones",
     0, 0},
    {"force", 0, CLI_FLAG, offsetof(options, force), NULL, "replace a run that is already in DIR",
     0, 0},
    {"other-data", 0, CLI_FLAG, offsetof(options, other_data), NULL,
     "with --resume: continue even if the training data are not those of the run", 0, 0},
    CLI_ROW_PRECISION(options, "single or double: dynamics.precision; bf16: training.precision"),
    {"no-figures", 0, CLI_FLAG, offsetof(options, no_figures), NULL, "draw no figures", 0, 0},
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of weights, dropout, order and encoding"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* What this program puts into a run beside the training's files. */
static const char *const own_files[] = {"description.yaml", "figures", NULL};

typedef struct work {
    const options *o;
    char *description; /* its path */
    fsnn_run *run;
    const char *directory, *warning; /* of the run */
    cli_model model;
    cli_progress progress;
    fsnn_metrics result;
    bool trained; /* a batch at least */
    /* bytes that the process held before the network was planned: the program and its data */
    double before;
} work;

/* ---- where ---- */

static int choose_description(work *w)
{
    const options *o = w->o;
    if (o->resume && o->out)
        return cli_error(CLI_USAGE, "--resume %s goes on in that directory: leave --out out",
                         o->resume);
    if (o->resume && o->force)
        return cli_error(CLI_USAGE,
                         "--force replaces a run, --resume goes on with it: give one of them");
    if (o->weights && o->resume)
        return cli_error(CLI_USAGE,
                         "--weights begins with other weights, --resume %s goes on with those of "
                         "the run: give one of them",
                         o->resume);
    if (o->other_data && !o->resume)
        return cli_error(CLI_USAGE, "--other-data allows a run that goes on other data than it "
                                    "had: it needs --resume DIR");
    if (o->common.operands)
        w->description = cli_format("%s", o->common.operand[0]);
    else if (o->resume)
        w->description = cli_path(o->resume, "description.yaml");
    else
        return cli_error(CLI_USAGE,
                         "DESC.yaml is missing: usage is %s train DESC.yaml (or --resume DIR)",
                         cli_program);
    return CLI_GOOD;
}

/* What works with a run that is in the way. */
static int in_the_way(const char *directory)
{
    char *why = cli_format("%s", fsnn_error_text());
    int code =
        cli_error(CLI_USAGE,
                  "%s: go on with it by --resume %s, replace it with --force, or choose another "
                  "directory with --out",
                  why, directory);
    free(why);
    return code;
}

static void say_warning(work *w)
{
    const char *warning = w->run ? fsnn_run_warning(w->run) : NULL;
    if (warning && warning != w->warning)
        cli_warn("%s", warning);
    w->warning = warning;
}

static int open_run(work *w, const char *directory, fsnn_run_mode mode)
{
    fsnn_run_options options = {.directory = directory, .mode = mode, .own = own_files};
    fsnn_status status = fsnn_run_open(&options, &w->run);
    w->directory = fsnn_run_directory(w->run);
    if (status == FSNN_EARGUMENT)
        return in_the_way(directory);
    if (status == FSNN_ENOTFOUND)
        return cli_error(CLI_USAGE, "--resume %s", fsnn_error_text());
    if (status < 0)
        return cli_fail(status);
    say_warning(w);
    return CLI_GOOD;
}

/* A new one, whose directory may have the name of the network. */
static int choose_directory(work *w)
{
    const options *o = w->o;
    const char *name = fsnn_description_name(w->model.description);
    if (!o->out && (strchr(name, '/') || *name == '.'))
        return cli_error(CLI_USAGE,
                         "the network's name \"%s\" is no name for a directory below runs/: give "
                         "one with --out DIR",
                         name);
    char *directory = o->out ? cli_format("%s", o->out) : cli_path("runs", name);
    int code = open_run(w, directory, o->force ? FSNN_RUN_REPLACE : FSNN_RUN_NEW);
    free(directory);
    return code;
}

/* ---- what ---- */

static void say_network(const cli_model *m)
{
    fsnn_shape in, out;
    char in_text[96], out_text[96];
    int neurons = 0, nodes = fsnn_net_node_count(m->net);
    for (int n = 0; n < nodes; n++) {
        fsnn_node_info info;
        neurons += fsnn_net_node(m->net, n, &info) >= 0 && info.neuron;
    }
    if (fsnn_net_shapes(m->net, &in, &out) < 0)
        return;
    cli_say("%s: %d nodes, %d neuron layer%s, %s -> %s", fsnn_description_name(m->description),
            nodes, neurons, neurons == 1 ? "" : "s", fsnn_shape_text(&in, in_text, sizeof in_text),
            fsnn_shape_text(&out, out_text, sizeof out_text));
}

static fsnn_loader *loader_of(const cli_model *m, int part)
{
    return part < 0 ? NULL : fsnn_session_loader(m->session, (fsnn_part)part);
}

static fsnn_loader *watched_loader(const cli_model *m)
{
    return loader_of(m, fsnn_session_watched(m->session));
}

static fsnn_status footprint(const cli_model *m, fsnn_footprint *f)
{
    return fsnn_train_memory(m->net, loader_of(m, FSNN_PART_TRAIN), watched_loader(m),
                             fsnn_session_training(m->session), f);
}

/* Bytes that the process holds now. */
static double resident(void)
{
    unsigned long all = 0, here = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%lu %lu", &all, &here) != 2)
        here = 0;
    if (file)
        fclose(file);
    return (double)here * (double)sysconf(_SC_PAGESIZE);
}

static void say_memory(const work *w)
{
    const cli_model *m = &w->model;
    fsnn_footprint f;
    char count[CLI_NUMBER], sum[CLI_NUMBER], a[CLI_NUMBER], h[CLI_NUMBER], p[CLI_NUMBER],
        b[CLI_NUMBER], r[CLI_NUMBER];
    if (footprint(m, &f) < 0)
        return;
    cli_say("  parameters  %s learned", cli_count(count, cli_learnable(m->net)));
    cli_say("  memory      about %s: activations %s, histories %s, parameters %s, batches %s, "
            "program and data %s",
            cli_bytes(sum, (double)f.total + w->before), cli_bytes(a, (double)f.activations),
            cli_bytes(h, (double)f.histories), cli_bytes(p, (double)(f.parameters + f.saving)),
            cli_bytes(b, (double)f.batches), cli_bytes(r, w->before));
    if (fsnn_net_segment(m->net))
        cli_say("  segments    %s steps each, %s", cli_count(count, fsnn_net_segment(m->net)),
                fsnn_session_training(m->session)->truncate ? "gradients truncated at their borders"
                                                            : "run again in the backward pass");
}

/* "60,000 training and 10,000 test", "1,895 training, 542 validation and 271 test"; to be freed. */
static char *say_counts(const cli_model *m)
{
    char count[FSNN_PARTS][CLI_NUMBER];
    for (int p = 0; p < FSNN_PARTS; p++)
        cli_count(count[p], loader_of(m, p) ? fsnn_loader_samples(loader_of(m, p)) : 0);
    if (!loader_of(m, FSNN_PART_VALIDATION))
        return cli_format("%s training and %s test", count[0],
                          loader_of(m, FSNN_PART_TEST) ? count[2] : "no");
    if (!loader_of(m, FSNN_PART_TEST))
        return cli_format("%s training and %s validation", count[0], count[1]);
    return cli_format("%s training, %s validation and %s test", count[0], count[1], count[2]);
}

static void say_data(const cli_model *m)
{
    const fsnn_encoder *encoder = fsnn_description_encoder(m->description);
    fsnn_data_info info;
    int64_t steps;
    fsnn_shape shape;
    fsnn_data_info_get(fsnn_session_data(m->session, FSNN_PART_TRAIN), &info);
    fsnn_loader_shape(loader_of(m, FSNN_PART_TRAIN), &steps, &shape);
    char *counts = say_counts(m);
    fsnn_sampling sampling = fsnn_description_sampling(m->description);
    char *from = sampling.times ? cli_format(" (%s, from %lld time stamps)",
                                             fsnn_interpolation_name(sampling.interpolation),
                                             (long long)sampling.count)
                                : cli_format("%s", "");
    cli_say("  data        %s samples, %s%s, T = %lld%s", counts,
            info.sequence ? "sequences" : fsnn_encoder_name(encoder->kind),
            info.sequence ? "" : " encoding", (long long)steps, from);
    free(counts);
    free(from);
}

static void say_header(work *w)
{
    cli_model *m = &w->model;
    const fsnn_training *t = fsnn_session_training(m->session);
    char *dynamics = cli_dynamics_text(fsnn_session_dynamics(m->session));
    say_network(m);
    say_memory(w);
    say_data(m);
    cli_say("  dynamics    %s", dynamics);
    int64_t batch = fsnn_loader_batch(loader_of(m, FSNN_PART_TRAIN));
    char *shards = t->shards > 1
                       ? cli_format("%lld shards of %lld", (long long)t->shards, (long long)batch)
                       : cli_format("%lld", (long long)batch);
    cli_say("  training    %lld epoch%s, batch %s, %s, %s %g, seed %llu", (long long)t->epochs,
            t->epochs == 1 ? "" : "s", shards, fsnn_loss_name(t->loss.kind),
            fsnn_optimizer_name(t->optimizer.kind), t->optimizer.lr, (unsigned long long)t->seed);
    free(shards);
    cli_say("  machine     %d thread%s, %s%s%s", fsnn_threads(), fsnn_threads() == 1 ? "" : "s",
            fsnn_isa(), t->products ? ", products in " : "",
            t->products ? fsnn_products_name(t->products) : "");
    if (w->o->weights)
        cli_say("  weights     of %s", w->o->weights);
    cli_say("  directory   %s", w->directory);
    free(dynamics);
    cli_model_warnings(m);
}

/* ---- the training ---- */

static int on_batch(const fsnn_metrics *metrics, void *user)
{
    work *w = user;
    if (!w->trained)
        say_warning(w); /* on what it goes on with */
    w->trained = true;
    cli_progress_batch(&w->progress, metrics);
    return 0;
}

static int on_epoch(const fsnn_metrics *metrics, void *user)
{
    cli_progress_epoch(&((work *)user)->progress, metrics);
    return 0;
}

static int say_interrupted(const work *w)
{
    const char *before = fsnn_run_before(w->run);
    const int ranks = train_team_here ? train_team_here->ranks.count : 1;
    char starter[32] = "";
    if (ranks > 1)
        snprintf(starter, sizeof starter, "mpirun -n %d ", ranks);
    cli_say("interrupted: saved in %s; go on with: %s%s train --resume %s", w->directory, starter,
            cli_program, w->directory);
    if (before)
        cli_say("the run before is kept in %s until an epoch is done", before);
    return CLI_INTERRUPTED;
}

/* Whether it learns numbers, by which no accuracy is measured. */
static bool of_values(const cli_model *m)
{
    fsnn_data_info info;
    fsnn_data_info_get(fsnn_session_data(m->session, FSNN_PART_TRAIN), &info);
    fsnn_loss_kind loss = fsnn_session_training(m->session)->loss.kind;
    return info.target.rank > 0 &&
           (loss == FSNN_MSE_RATE || loss == FSNN_MSE_COUNT || loss == FSNN_MSE);
}

static int train(work *w)
{
    fsnn_session_training_options options = {.run = w->run,
                                             .other_data = w->o->other_data,
                                             .on_batch = on_batch,
                                             .on_epoch = on_epoch,
                                             .user = w,
                                             .stop = cli_stop()};
    if (train_team_here) {
        train_team_here->ranks.lossy = w->o->lossy;
        options.ranks = &train_team_here->ranks;
    }
    int watched = fsnn_session_watched(w->model.session);
    if (watched == FSNN_PART_TEST)
        cli_say("  remark      the best epoch is chosen on the test data, which flatters it: "
                "data.validation: 0.1 keeps them for the end");
    cli_progress_start(&w->progress, watched < 0 ? "test" : fsnn_part_name((fsnn_part)watched),
                       of_values(&w->model));
    fsnn_status status = fsnn_session_train(w->model.session, &options, &w->result);
    cli_progress_clear(&w->progress);
    say_warning(w);
    if (train_team_here && w->trained && writes())
        train_team_here->report();
    if (status == FSNN_EINTERRUPTED)
        return say_interrupted(w);
    if (status == FSNN_EARGUMENT && strcmp(fsnn_error_place().key, "ranks") == 0)
        return cli_error(CLI_USAGE, "%s", fsnn_error_text());
    if (status >= 0 && !w->trained)
        cli_say("nothing is left to train: %lld epochs are done, and training.epochs is %lld",
                (long long)w->result.epochs,
                (long long)fsnn_session_training(w->model.session)->epochs);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* ---- afterwards ---- */

static int on_samples(int64_t done, int64_t all, void *user)
{
    (void)done, (void)all, (void)user;
    return *cli_stop();
}

/* The weights on one part of the data. */
static int evaluate(work *w, int part, fsnn_assessment *a)
{
    fsnn_assess_options how = fsnn_assess_options_default();
    how.part = part;
    how.progress = on_samples;
    fsnn_status status = fsnn_session_evaluate(w->model.session, &how, a);
    return status < 0 && status != FSNN_EINTERRUPTED ? cli_fail(status) : CLI_GOOD;
}

static void say_evaluation(int part, const fsnn_evaluation *e)
{
    char loss[CLI_NUMBER], r2[CLI_NUMBER];
    if (isfinite(e->accuracy))
        cli_out("%-15s accuracy %.2f %%, loss %s\n", fsnn_part_name((fsnn_part)part),
                100 * e->accuracy, cli_decimal(loss, e->loss));
    else
        cli_out("%-15s R2 %s, loss %s\n", fsnn_part_name((fsnn_part)part),
                cli_decimal(r2, e->metric[FSNN_METRIC_R2]), cli_decimal(loss, e->loss));
}

/* Neurons that tell nothing of a sample. */
static void say_neurons(const work *w, const fsnn_evaluation *e)
{
    int64_t neurons = 0, dead = 0, saturated = 0;
    char all[CLI_NUMBER], never[CLI_NUMBER], always[CLI_NUMBER];
    for (int i = 0; i < e->layers; i++) {
        neurons += e->layer_neurons[i];
        dead += e->layer_dead[i];
        saturated += e->layer_saturated[i];
    }
    cli_out("neurons         %s: %s never spike, %s spike in every step\n", cli_count(all, neurons),
            cli_count(never, dead), cli_count(always, saturated));
    char *advice = cli_evaluation_advice(w->model.net, e);
    if (advice)
        cli_print("                %s\n", advice);
    free(advice);
}

/* What chose the epoch, where something else judges. */
static int finish_watched(work *w)
{
    int watched = fsnn_session_watched(w->model.session);
    if (watched < 0 || watched == fsnn_session_judge(w->model.session))
        return CLI_GOOD;
    fsnn_assessment a = {0};
    int code = evaluate(w, watched, &a);
    if (code == CLI_GOOD && !*cli_stop())
        say_evaluation(watched, &a.mean);
    fsnn_assessment_free(&a);
    return code;
}

static int say_result(work *w, int judge, const fsnn_evaluation *e)
{
    cli_out("best epoch      %lld of %lld\n", (long long)w->result.epoch,
            (long long)w->result.epochs);
    int code = finish_watched(w);
    if (code != CLI_GOOD || *cli_stop())
        return code;
    say_evaluation(judge, e);
    say_neurons(w, e);
    cli_out("weights         %s/best.safetensors\n", w->directory);
    fflush(stdout);
    if (w->o->no_figures)
        return CLI_GOOD;
    cli_say("drawing figures into %s/figures", w->directory);
    return train_figures(&w->model, w->directory, judge, e);
}

static int finish(work *w)
{
    fsnn_assessment a = {0};
    int judge = fsnn_session_judge(w->model.session), code = CLI_GOOD;
    fsnn_status status = fsnn_session_best(w->model.session);
    if (status < 0)
        code = cli_fail(status);
    if (code == CLI_GOOD)
        code = evaluate(w, judge, &a);
    if (code == CLI_GOOD && !*cli_stop())
        code = say_result(w, judge, &a.mean);
    if (code == CLI_GOOD && *cli_stop())
        code = cli_error(CLI_INTERRUPTED, "interrupted after the training, which is saved in %s",
                         w->directory);
    fsnn_assessment_free(&a);
    return code;
}

/* ---- all of it ---- */

/* All that a training would be refused for, before anything is written. */
static int check_training(work *w)
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    int code = cli_model_data(&w->model, all, false);
    if (code != CLI_GOOD)
        return code;
    w->before = resident();
    fsnn_status status = fsnn_session_check_training(w->model.session);
    cli_model_warn(&w->model, FSNN_TOPIC_DATA);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* Weights of a run or a file in place of those that are drawn. */
static int begin_with(work *w)
{
    return cli_model_weights(&w->model, w->o->weights);
}

static int open_all(work *w)
{
    int code = choose_description(w);
    if (code == CLI_GOOD && w->o->resume && writes())
        code = open_run(w, w->o->resume, FSNN_RUN_RESUME);
    if (code == CLI_GOOD)
        code = cli_model_open_run(&w->model, w->description, &w->o->common, w->o->resume);
    if (code == CLI_GOOD && !w->o->resume && writes())
        code = choose_directory(w);
    if (code == CLI_GOOD)
        code = check_training(w);
    return code == CLI_GOOD && w->o->weights ? begin_with(w) : code;
}

static void close_run(work *w)
{
    char *before = fsnn_run_before(w->run) ? cli_format("%s", fsnn_run_before(w->run)) : NULL,
         *directory = cli_format("%s", w->directory ? w->directory : "");
    fsnn_run_close(w->run);
    if (before && !cli_is_directory(before))
        cli_say("the run before is back in %s", directory);
    free(before);
    free(directory);
}

static int run(void *given)
{
    options *o = given;
    work w = {.o = o};
    cli_signals_catch();
    int code = cli_precision(&o->common, o->precision, NULL);
    if (code == CLI_GOOD)
        code = open_all(&w);
    if (train_team_here)
        code = train_team_here->agree(code);
    if (code == CLI_GOOD) {
        say_header(&w);
        if (writes() && !w.o->no_figures && fsnn_plot_check(NULL) < 0)
            cli_warn("no figures after the training: %s", fsnn_error_text());
        cli_signals_keep();
        code = train(&w);
    }
    if (code == CLI_GOOD && writes())
        code = finish(&w);
    fsnn_metrics_free(&w.result);
    cli_model_close(&w.model);
    close_run(&w);
    free(w.description);
    return code;
}

static const cli_values values[] = {{"precision", "single,double,bf16"}, {NULL, NULL}};

const cli_command cli_train = {
    .name = "train",
    .summary = "train a network on a data set",
    .operands = "DESC.yaml",
    .usage = "DESC.yaml [options], or --resume DIR [options]",
    .details =
        "Trains the network of the description DESC.yaml. The run directory gets description.yaml "
        "(with all overrides), metrics.csv and metrics.jsonl, last.safetensors and "
        "best.safetensors (weights after the last and after the best epoch), "
        "last.state.safetensors (which --resume needs), and figures/.\n\n"
        "Ctrl-C finishes the batch, saves, and ends with exit code 130. A second Ctrl-C ends at "
        "once.",
    .examples = "  fsnn train examples/fashion_mlp.yaml\n"
                "  fsnn train examples/fashion_mlp.yaml --set dynamics.alpha=0.7 --out runs/a07\n"
                "  fsnn train --resume runs/a07\n",
    .option = table + 1,
    .values = values,
    .min_operands = 0,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};
const cli_command cli_train_ranks = {
    .name = "train",
    .summary = "train a network on a data set, by all ranks together",
    .operands = "DESC.yaml",
    .usage = "DESC.yaml [options], or --resume DIR [options]",
    .details =
        "Trains the network of the description DESC.yaml, as fsnn train does.\n\n"
        "Each rank runs some of the shards of every batch: training.shards is a multiple of the "
        "number of ranks. Results are those of fsnn train with the same shards. Rank 0 writes; "
        "all ranks read the description, the data and, with --resume, the run. A rank uses one "
        "thread where there are several and --threads says nothing else.",
    .examples = "  mpirun -n 4 fsnn-mpi train NET.yaml --set training.shards=8 --out runs/a\n"
                "  mpirun -n 8 fsnn-mpi train --resume runs/a\n",
    .option = table,
    .values = values,
    .min_operands = 0,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};
