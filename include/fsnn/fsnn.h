/* fsnn/fsnn.h: fractional-order spiking neural networks in C: all other headers in one. */
#ifndef FSNN_H
#define FSNN_H

#include <fsnn/status.h>
#include <fsnn/units.h>
#include <fsnn/file.h>
#include <fsnn/tensor.h>
#include <fsnn/frac.h>
#include <fsnn/fde.h>
#include <fsnn/fde_solver.h>
#include <fsnn/neuron.h>
#include <fsnn/net.h>
#include <fsnn/layer.h>
#include <fsnn/integer.h>
#include <fsnn/export.h>
#include <fsnn/data.h>
#include <fsnn/events.h>
#include <fsnn/graph.h>
#include <fsnn/interpolate.h>
#include <fsnn/series.h>
#include <fsnn/train.h>
#include <fsnn/model.h>
#include <fsnn/exchange.h>
#include <fsnn/session.h>
#include <fsnn/simulate.h>
#include <fsnn/plot.h>

#endif
