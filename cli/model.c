/* cli/model.c: opens what a description describes: the network, the data, their loaders. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* --seed is the override training.seed, so that it stands in the description of a run; so are the
 * seed and the kind of the validation set's draw, where `split` is not NULL. */
static fsnn_status read_with(cli_model *model, const cli_common *common, const fsnn_holdout *split)
{
    enum { MORE = 3 };
    const cli_list *set = &common->set;
    const char **item = cli_allocate((size_t)set->count + MORE, sizeof *item);
    int count = set->count;
    if (count)
        memcpy(item, set->item, (size_t)count * sizeof *item);
    char *seed = cli_format("training.seed=%llu", (unsigned long long)common->seed.value);
    char *drawn = cli_format("data.split_seed=%llu", split ? (unsigned long long)split->seed : 0);
    if (common->seed.given)
        item[count++] = seed;
    if (split) {
        item[count++] = drawn;
        item[count++] = split->by_class ? "data.split_by=class" : "data.split_by=sample";
    }
    fsnn_status status = fsnn_description_read(model->path, item, count, &model->description);
    free(seed);
    free(drawn);
    free(item);
    return status;
}

/* The directory `run` goes on, or its weights are used, with the validation set that it had: what
 * is read draws it likewise, where it says nothing of that. */
static int read_description(cli_model *model, const cli_common *common, const char *run, bool go_on)
{
    fsnn_holdout split, now;
    fsnn_status status = read_with(model, common, NULL);
    if (status < 0)
        return cli_fail_description(status);
    now = fsnn_description_holdout(model->description);
    if (!(now.share > 0) || !cli_run_split(run, &split))
        return CLI_GOOD;
    if (!now.given) {
        fsnn_description_destroy(model->description);
        status = read_with(model, common, &split);
        if (status < 0)
            return cli_fail_description(status);
        now = fsnn_description_holdout(model->description);
    }
    if (now.share == split.share && now.seed == split.seed && now.by_class == split.by_class)
        return CLI_GOOD;
    return cli_run_other_split(run, &split, &now, go_on);
}

int cli_model_open(cli_model *model, const char *path, const cli_common *common)
{
    return cli_model_open_run(model, path, common, NULL);
}

int cli_model_open_run(cli_model *model, const char *path, const cli_common *common,
                       const char *run)
{
    *model = (cli_model){.path = cli_run_description(path), .set = &common->set};
    fsnn_status status;
    if (common->threads.given) {
        status = fsnn_threads_set((int)common->threads.value);
        if (status < 0)
            return cli_fail(status);
    }
    char *own = run ? NULL : cli_run_of(model->path);
    int code = read_description(model, common, run ? run : own, run != NULL);
    free(own);
    if (code != CLI_GOOD)
        return code;
    status = fsnn_description_net(model->description, &model->net);
    if (status < 0)
        return cli_fail_description(status);
    model->training = *fsnn_description_training(model->description);
    return CLI_GOOD;
}

/* `training`: as they are learned from, in a new order, changed; or else as they are. */
static int open_loader(const cli_model *model, const fsnn_data *data, int64_t batch, bool training,
                       fsnn_loader **loader)
{
    fsnn_loader_options options = {.encoder = *fsnn_description_encoder(model->description),
                                   .batch = batch,
                                   .shuffle =
                                       training && fsnn_description_shuffle(model->description),
                                   .drop_last = training && model->training.drop_last,
                                   .seed = model->training.seed,
                                   .sampling = fsnn_description_sampling(model->description),
                                   .still = true};
    if (training)
        options.augment = *fsnn_description_augment(model->description);
    fsnn_status status = fsnn_loader_create(data, &options, loader);
    if (status == FSNN_EARGUMENT) /* options that are wrong for the data at hand */
        status = fsnn_description_locate(model->description, "data");
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int cli_model_loader(const cli_model *model, const fsnn_data *data, int64_t batch,
                     fsnn_loader **loader)
{
    return open_loader(model, data, batch, false, loader);
}

/* Parts that share their samples share their warnings too. */
static void warn_of_data(const cli_model *model)
{
    const char *text, *other;
    for (int p = 0; p < FSNN_PARTS; p++)
        for (int i = 0; (text = fsnn_data_warning(model->data[p], i)) != NULL; i++) {
            bool said = false;
            for (int q = 0; q < p && !said; q++)
                for (int j = 0; (other = fsnn_data_warning(model->data[q], j)) != NULL; j++)
                    said = said || !strcmp(text, other);
            if (!said)
                cli_warn("%s", text);
        }
}

int cli_model_data(cli_model *model, const bool wanted[FSNN_PARTS], bool in_order)
{
    fsnn_status status = fsnn_description_parts(model->description, wanted, model->data);
    if (status >= 0)
        status = fsnn_net_note_data(model->net, model->data);
    int code = status < 0 ? cli_fail(status) : CLI_GOOD;
    warn_of_data(model);
    for (int p = 0; p < FSNN_PARTS && code == CLI_GOOD; p++) {
        bool training = p == FSNN_PART_TRAIN && !in_order;
        if (model->data[p])
            code = open_loader(model, model->data[p], model->training.batch, training,
                               &model->loader[p]);
    }
    return code;
}

static int first_of(const cli_model *model, const int *part, int count)
{
    for (int i = 0; i < count; i++)
        if (model->loader[part[i]])
            return part[i];
    return -1;
}

int cli_model_watched(const cli_model *model)
{
    static const int order[] = {FSNN_PART_VALIDATION, FSNN_PART_TEST};
    return first_of(model, order, CLI_COUNT(order));
}

int cli_model_judge(const cli_model *model)
{
    static const int order[] = {FSNN_PART_TEST, FSNN_PART_VALIDATION, FSNN_PART_TRAIN};
    return first_of(model, order, CLI_COUNT(order));
}

const char *cli_less_memory(const fsnn_plan *plan)
{
    if (plan->training && !plan->checkpoint)
        return "a smaller training.batch needs less, and so does training.checkpoint: auto";
    return "a smaller training.batch needs less";
}

int cli_model_wrap(cli_model *model, const fsnn_plan *plan, int64_t steps)
{
    fsnn_dynamics *dynamics = &model->dynamics;
    *dynamics = *fsnn_description_dynamics(model->description);
    if (dynamics->horizon == 0)
        dynamics->horizon = steps;
    fsnn_status status = fsnn_net_wrap(model->net, dynamics, plan);
    if (status >= 0)
        return CLI_GOOD;
    char *sentence = cli_format("%s", fsnn_error_text());
    if (status == FSNN_EMEMORY)
        fsnn_error_set(status, "%s: %lld steps of batches of %lld: %s; %s", model->path,
                       (long long)plan->steps, (long long)plan->batch, sentence,
                       cli_less_memory(plan));
    else if (status == FSNN_EDENSE)
        fsnn_error_set(status, "%s: %s", model->path, sentence);
    else
        status = fsnn_description_locate(model->description, "layers");
    free(sentence);
    return cli_fail_description(status);
}

/* More than one of them above 1. */
static bool several_dimensions(const fsnn_shape *shape)
{
    int wide = 0;
    for (int d = 0; d < shape->rank; d++)
        wide += shape->dim[d] > 1;
    return wide > 1;
}

/* Whether the samples of a data set fit the wrapped network: their shape its input, their classes
 * its output. */
static int fits(const cli_model *model, const fsnn_data *data, const fsnn_loader *loader,
                fsnn_part part)
{
    static const char *const section[FSNN_PARTS] = {"data.train", "data.validation", "data.test"};
    const char *which = fsnn_part_name(part);
    fsnn_shape in, out, sample;
    int64_t steps;
    fsnn_data_info info;
    char wanted[96], found[96];
    fsnn_status status = fsnn_net_shapes(model->net, &in, &out);
    if (status < 0)
        return cli_fail(status);
    fsnn_loader_shape(loader, &steps, &sample);
    fsnn_data_info_get(data, &info);
    const char *fault = NULL;
    if (!fsnn_shape_equal(&in, &sample)) {
        fault = "input";
        fsnn_error_set(FSNN_EDESCRIPTION,
                       "the %s samples have shape %s at one step, but the description's input is "
                       "%s: `input: %s` takes them",
                       which, fsnn_shape_text(&sample, found, sizeof found),
                       fsnn_shape_text(&in, wanted, sizeof wanted), found);
    } else if (info.classes == 0) {
        fault = section[part];
        fsnn_error_set(FSNN_EDESCRIPTION,
                       "the %s data has no classes: a loss needs them (of this kind of data: %s)",
                       which, fsnn_description_classes(model->description));
    } else if (info.places == 1 && several_dimensions(&out) &&
               fsnn_shape_count(&out) != info.classes) {
        fault = "output";
        fsnn_error_set(FSNN_EDESCRIPTION,
                       "the network's output is %s, %lld numbers, but the %s data has %lld "
                       "classes: a `- flatten` before the last layers makes one number a class of "
                       "it",
                       fsnn_shape_text(&out, wanted, sizeof wanted),
                       (long long)fsnn_shape_count(&out), which, (long long)info.classes);
    } else if (info.classes > fsnn_shape_count(&out) / info.places) {
        fault = "output";
        fsnn_error_set(FSNN_EDESCRIPTION,
                       "the %s data has %lld classes, but the network's output is %s: at least one "
                       "for each class is needed",
                       which, (long long)info.classes,
                       fsnn_shape_text(&out, wanted, sizeof wanted));
    }
    return fault ? cli_fail(fsnn_description_locate(model->description, fault)) : CLI_GOOD;
}

/* Outputs that no sample asks for: most often the wrong node is the output. */
static void warn_of_spare_outputs(const cli_model *model)
{
    fsnn_shape in, out;
    int64_t classes = 0, places = 1;
    if (!model->data[FSNN_PART_TRAIN])
        return; /* what is there may lack classes */
    for (int p = 0; p < FSNN_PARTS; p++) {
        fsnn_data_info info = {0};
        if (model->data[p])
            fsnn_data_info_get(model->data[p], &info);
        if (classes < info.classes)
            classes = info.classes;
        if (info.places > places)
            places = info.places;
    }
    if (fsnn_net_shapes(model->net, &in, &out) >= 0 && fsnn_shape_count(&out) / places > classes)
        cli_warn("the network has %lld outputs, but the data has only %lld classes",
                 (long long)(fsnn_shape_count(&out) / places), (long long)classes);
}

int cli_model_fits(const cli_model *model)
{
    int code = CLI_GOOD;
    for (int p = 0; p < FSNN_PARTS && code == CLI_GOOD; p++)
        if (model->loader[p])
            code = fits(model, model->data[p], model->loader[p], (fsnn_part)p);
    if (code == CLI_GOOD)
        warn_of_spare_outputs(model);
    return code;
}

void cli_model_warnings(const cli_model *model)
{
    enum { SHOWN = 4 }; /* deep networks have the same remark for each layer */
    const char *text;
    int count = 0;
    for (int i = 0; (text = fsnn_description_warning(model->description, i)) != NULL; i++)
        cli_warn("%s", text);
    for (; (text = fsnn_net_warning(model->net, count)) != NULL; count++)
        if (count < SHOWN)
            cli_warn("%s", text);
    if (count > SHOWN)
        cli_warn("%d more warnings of other layers", count - SHOWN);
}

void cli_model_close(cli_model *model)
{
    for (int p = 0; p < FSNN_PARTS; p++) {
        fsnn_loader_destroy(model->loader[p]);
        fsnn_data_destroy(model->data[p]);
    }
    fsnn_net_destroy(model->net);
    fsnn_description_destroy(model->description);
    free(model->path);
    memset(model, 0, sizeof *model);
}

static void add_numbers(FILE *out, const double *number, int count)
{
    for (int i = 0; i < count; i++)
        fprintf(out, "%s%g", i ? ", " : "", number[i]);
}

/* "0.5", "0.3 + 0.5 (coefficients 1, 0.5)" */
static void add_order(FILE *out, const fsnn_order *order)
{
    for (int m = 0; m < order->terms; m++)
        fprintf(out, "%s%g", m ? " + " : "", order->alpha[m]);
    if (order->terms > 1 || order->coefficient[0] != 1) {
        fprintf(out, " (coefficient%s ", order->terms > 1 ? "s" : "");
        add_numbers(out, order->coefficient, order->terms);
        fputc(')', out);
    }
    if (order->learn_alpha)
        fputs(" learned", out);
}

static void add_memory(FILE *out, const fsnn_dynamics *dynamics)
{
    fsnn_engine engine = FSNN_ENGINE_DIRECT;
    fsnn_engine_settle(dynamics, &engine);
    if (dynamics->memory > 0)
        fprintf(out, ", memory %lld steps", (long long)dynamics->memory);
    else if (engine == FSNN_ENGINE_EXPONENTIALS)
        fprintf(out, ", full memory by exponentials to %g", dynamics->tolerance);
    else
        fputs(", full memory", out);
}

char *cli_dynamics_text(const fsnn_dynamics *dynamics)
{
    enum { SHOWN = 8 };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return cli_format("-");
    bool fractional = dynamics->integrator == FSNN_FDEINT;
    fsnn_method method = dynamics->method;
    if (method == FSNN_METHOD_DEFAULT)
        method = fractional ? FSNN_GL : FSNN_EULER;
    fprintf(out, "%s %s%s", fractional ? "fdeint" : "odeint", dynamics->implicit ? "implicit " : "",
            fsnn_method_name(method));
    for (int i = 0; fractional && i < dynamics->orders && i < SHOWN; i++) {
        fputs(i ? ", " : ", alpha ", out);
        add_order(out, &dynamics->order[i]);
    }
    if (fractional && dynamics->orders > SHOWN)
        fputs(", ...", out);
    fprintf(out, ", step %g", dynamics->step);
    if (fractional)
        add_memory(out, dynamics);
    fclose(out);
    return text;
}

int64_t cli_learnable(const fsnn_net *net)
{
    int64_t sum = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        if (param->learn)
            sum += fsnn_shape_count(&param->shape);
    }
    return sum;
}
