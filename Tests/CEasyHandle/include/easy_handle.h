// The sample of an easy handle in C.
#pragma once

#include "../../../Sources/CCurl/shim.h"

// The bytes of a response that have come.
struct answer {
    size_t length;
};

// Posts a text, and counts the bytes of the answer.
CURLcode post(CURL *handle, const char *url, const char *json, const ccurl_meter *meter, struct answer *received);
