/* format/hdf_table.h: a table of numbers in an HDF5 file, whatever its form: data sets of a group
 * that are columns, one data set of records, or one of rows of four. For the child that uses the
 * library. */
#ifndef FSNN_FORMAT_HDF_TABLE_H
#define FSNN_FORMAT_HDF_TABLE_H

#include "format/hdf_events.h"
#include "format/hdf_library.h"

typedef struct hdf_table {
    const char *path, *where;       /* of the file; in it */
    int64_t count;                  /* rows */
    hid_t group;                    /* that the data sets are in; -1: none */
    hid_t set[HDF_EVENT_COLUMNS];   /* columns; records and rows of four: [0] alone, others -1 */
    hid_t type[HDF_EVENT_COLUMNS];  /* in memory; records and rows of four: [0], of a row */
    size_t at[HDF_EVENT_COLUMNS];   /* of each column in a row; columns: 0 */
    size_t size[HDF_EVENT_COLUMNS]; /* of a number of each column in memory */
    size_t row;                     /* bytes of a row in memory; 0: columns */
    hdf_events_head head;
} hdf_table;

/* Looks at what stands at `where` ("CD/events", "" for the root), where links lead within the file.
 * `order` ("txyp") is what the numbers of a row of four are, `real_time` the name of its time where
 * that is real. Returns 1, 0 (nothing is there, or no events), or an error. The table is to be
 * closed in any case. */
int hdf_table_open(hdf_table *t, hid_t file, const hdf_events_request *request, const char *where,
                   const char *order, const char *real_time);
void hdf_table_close(hdf_table *t);
/* Sends head and pieces. */
fsnn_status hdf_table_send(guard *g, hdf_table *t);

#endif
