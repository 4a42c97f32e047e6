/* A growing list of texts, and the warnings of a session, topic by topic. */
#include "session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

fsnn_status session_texts_add(session_texts *texts, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    FSNN_TRY(fsnn_grow(&texts->item, texts->count, &texts->capacity, texts->count + 1,
                       sizeof *texts->item));
    char *text = fsnn_alloc((size_t)(length < 0 ? 0 : length) + 1);
    if (!text)
        return FSNN_EMEMORY;
    va_start(args, format);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, args);
    va_end(args);
    texts->item[texts->count++] = text;
    return FSNN_OK;
}

void session_texts_free(session_texts *texts)
{
    for (int64_t i = 0; i < texts->count; i++)
        fsnn_free(texts->item[i]);
    fsnn_free(texts->item);
    *texts = (session_texts){0};
}

/* Whether a part before p has this warning too: parts that share their samples share those. */
static bool said_before(const fsnn_session *s, int p, const char *text)
{
    const char *other;
    for (int q = 0; q < p; q++)
        for (int i = 0; (other = fsnn_data_warning(s->data[q], i)) != NULL; i++)
            if (strcmp(text, other) == 0)
                return true;
    return false;
}

/* Warning `*index` of the data; where there are fewer it becomes what is left to count. */
static const char *of_data(const fsnn_session *s, int *index)
{
    const char *text;
    for (int p = 0; p < FSNN_PARTS; p++)
        for (int i = 0; (text = fsnn_data_warning(s->data[p], i)) != NULL; i++)
            if (!said_before(s, p, text) && (*index)-- == 0)
                return text;
    return NULL;
}

static const char *of_description(const fsnn_session *s, int *index)
{
    const char *text = NULL;
    for (int i = 0; (text = fsnn_description_warning(s->description, i)) != NULL; i++)
        if ((*index)-- == 0)
            return text;
    return NULL;
}

static const char *of_net(const fsnn_session *s, int *index)
{
    const char *text = NULL;
    for (int i = 0; (text = fsnn_net_warning(s->net, i)) != NULL; i++)
        if ((*index)-- == 0)
            return text;
    return NULL;
}

/* What others know; the session's own come behind. */
static const char *(*const known[FSNN_TOPICS])(const fsnn_session *s, int *index) = {
    [FSNN_TOPIC_DESCRIPTION] = of_description,
    [FSNN_TOPIC_DATA] = of_data,
    [FSNN_TOPIC_NET] = of_net,
};

static const char *of_topic(const fsnn_session *s, int topic, int *index)
{
    const session_texts *own = &s->remark[topic];
    const char *text = known[topic] ? known[topic](s, index) : NULL;
    if (text)
        return text;
    if (*index < own->count)
        return own->item[*index];
    *index -= (int)own->count;
    return NULL;
}

const char *fsnn_session_warning_on(const fsnn_session *session, fsnn_topic topic, int index)
{
    bool there = session && (int)topic >= 0 && topic < FSNN_TOPICS && index >= 0;
    return there ? of_topic(session, (int)topic, &index) : NULL;
}

const char *fsnn_session_warning(const fsnn_session *session, int index)
{
    const char *text = NULL;
    for (int t = 0; session && index >= 0 && t < FSNN_TOPICS && !text; t++)
        text = of_topic(session, t, &index);
    return text;
}
