/* frac/fde_solver.h: a solver that lives between calls (fsnn/fde_solver.h).
 *
 * Its points are numbered from the last restart: with fixed steps grid point k, else entries of a
 * mesh, where a jump adds an entry at the same time. A row z of a point is y without the jumps,
 * which is continuous; y(t) = z(t) + the jumps up to t. */
#ifndef FSNN_FRAC_FDE_SOLVER_H
#define FSNN_FRAC_FDE_SOLVER_H

#include "frac/fde_run.h"
#include <fsnn/fde_solver.h>

typedef struct fde_jump {
    int64_t at; /* the last point when it was made */
    double t;
} fde_jump;

struct fsnn_fde_solver {
    fsnn_fde o; /* with copies of all that it points at */
    fsnn_fde_plan plan;
    fde_run run;
    double *own; /* [8][n]: these */
    double *y0, *velocity, *shift, *now, *next, *error, *atol, *newton_atol;
    fsnn_order *order;
    fsnn_fde_event *event;

    int64_t k;       /* the last point */
    double t, asked; /* the present time; f may be taken up to `asked` */
    double h;        /* mesh: length of the next step */
    bool estimated;  /* `error` is that of the last step */
    bool broken;     /* a state was not finite */

    /* points first .. k: all with a history, else the last two */
    int64_t first, capacity;
    double *z, *time; /* [capacity][n], [capacity] */
    double *f;        /* mesh: [capacity][n] f at points */
    double *weight;   /* mesh: [capacity] of f, for one integral */
    int64_t ready;    /* mesh: points that have f */

    int64_t jumps, jump_capacity, delta_capacity;
    fde_jump *jump;
    double *delta; /* [jumps][n] */

    bool primed;          /* from and value are set */
    double *from, *value; /* [events]: searched up to; g there */
    int64_t hits, hit_capacity, hit_row_capacity;
    fsnn_fde_hit *hit;
    double *hit_y; /* [hits][n] */
};

static inline bool fde_on_mesh(const fsnn_fde_solver *s)
{
    return s->plan.steps != FSNN_FDE_FIXED;
}

static inline double *fde_row(const fsnn_fde_solver *s, int64_t k)
{
    return s->z + (size_t)(k - s->first) * s->run.n;
}

static inline double fde_point(const fsnn_fde_solver *s, int64_t k)
{
    return s->time[k - s->first];
}

/* fde_solver_check.c */
fsnn_status fde_plan_check(const fsnn_fde *o, const fsnn_fde_plan *plan);

/* fde_points.c: rows of points, and what lies between them. */
fsnn_status fde_points_reserve(fsnn_fde_solver *s, int64_t points);
/* Point k+1 with y[n], at t; room is there. */
void fde_points_add(fsnn_fde_solver *s, double t, const double *y);
/* The only point is the first, y at t. */
void fde_points_begin(fsnn_fde_solver *s, double t, const double *y);
/* y[n] at t without checks of t. */
fsnn_status fde_points_read(fsnn_fde_solver *s, double t, double *y);
/* y of point k without the jumps made at it (left) or with them. */
void fde_points_at(const fsnn_fde_solver *s, int64_t k, bool right, double *y);

/* fde_event.c: looks for events up to the last point. *event: a terminal one that has been found,
 * the present time is its own; -1: none. */
fsnn_status fde_events_seek(fsnn_fde_solver *s, int64_t *event);
/* The search begins at the present time with the state there. */
fsnn_status fde_events_begin(fsnn_fde_solver *s);

/* fde_mesh.c: weights of f at the points 0 .. points-1, as a straight line between them, in
 * (scale / Gamma(a)) int (t - s)^(a-1) f ds up to the last of them, which is not after t. */
void fde_mesh_weights(const fsnn_fde_solver *s, const fde_mix *mix, int64_t points, double t,
                      double *w);
/* The same of one more interval of length d that ends at t: of its ends, or of the left alone. */
typedef struct fde_ends {
    double left, right, whole;
} fde_ends;
fde_ends fde_mesh_ends(const fde_mix *mix, double d);
/* A step, no further than `end`. */
fsnn_status fde_mesh_step(fsnn_fde_solver *s, double end);
/* Makes the last step again, so that it ends at t. */
fsnn_status fde_mesh_cut(fsnn_fde_solver *s, double t);
/* f of the last point is there. */
fsnn_status fde_mesh_ready(fsnn_fde_solver *s);
extern const fde_scheme fde_scheme_mesh_abm, fde_scheme_mesh_trap;

#endif
