/* session/overridden.h: parameters that overrides of the session name. */
#ifndef FSNN_SESSION_OVERRIDDEN_H
#define FSNN_SESSION_OVERRIDDEN_H

#include "session/session.h"

/* Whether one of the session's overrides sets this parameter of its wrapped network. */
fsnn_status session_overridden(const fsnn_session *s, const fsnn_param *param, bool *found);

#endif
