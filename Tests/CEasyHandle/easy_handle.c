#include "easy_handle.h"

#include <string.h>

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    ((struct answer *)context)->length += size * count;
    return size * count;
}

CURLcode post(CURL *handle, const char *url, const char *json, const ccurl_meter *meter, struct answer *received)
{
    struct answer answer = {0};
    ccurl_call call = {.url = url, .body = json, .body_length = strlen(json), .write = receive, .write_context = &answer};
    CURLcode result = ccurl_metered(handle, &call, meter);
    *received = answer;
    return result;
}
