// Bare libcurl: the same calls as curl-benchmark makes, by a loop of curl_multi_perform and curl_multi_poll.
//
// Usage: curl_multi throughput URL CONCURRENCY CALLS
//        curl_multi latency URL CALLS
//
// Prints the nanoseconds of wall time and of processor time for all calls; or for latency the median nanoseconds from the
// start of a call to its first byte, and to its end.
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char request[] =
    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"developer\",\"content\":\"You are a helpful assistant.\"},"
    "{\"role\":\"user\",\"content\":\"Hello!\"}]}";

struct call {
    CURL *handle;
    char *body;
    size_t length;
    int64_t first;
};

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

// Keeps the body, as a program does.
static size_t keep(char *bytes, size_t size, size_t count, void *context) {
    struct call *call = context;
    if (!call->first) call->first = now(CLOCK_MONOTONIC);
    char *body = realloc(call->body, call->length + size * count);
    if (!body) return 0;
    memcpy(body + call->length, bytes, size * count);
    call->body = body;
    call->length += size * count;
    return size * count;
}

static size_t pass(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

static void begin(struct call *call, CURLM *multi, const char *url, struct curl_slist *fields) {
    free(call->body);
    call->body = NULL;
    call->length = 0;
    call->first = 0;
    curl_easy_reset(call->handle);
    curl_easy_setopt(call->handle, CURLOPT_URL, url);
    curl_easy_setopt(call->handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(call->handle, CURLOPT_PROXY, "");
    curl_easy_setopt(call->handle, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(call->handle, CURLOPT_POSTFIELDSIZE, (long)(sizeof request - 1));
    curl_easy_setopt(call->handle, CURLOPT_COPYPOSTFIELDS, request);
    curl_easy_setopt(call->handle, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(call->handle, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->handle, CURLOPT_HEADERFUNCTION, pass);
    curl_easy_setopt(call->handle, CURLOPT_PRIVATE, call);
    curl_multi_add_handle(multi, call->handle);
}

// Lets libcurl work until a call has ended, and returns it.
static struct call *next(CURLM *multi) {
    for (;;) {
        int running, left;
        CURLMsg *message = curl_multi_info_read(multi, &left);
        if (!message) {
            curl_multi_perform(multi, &running);
            message = curl_multi_info_read(multi, &left);
        }
        if (!message) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
            continue;
        }
        struct call *call = NULL;
        if (message->data.result != CURLE_OK) {
            fprintf(stderr, "A call failed: %s.\n", curl_easy_strerror(message->data.result));
            exit(1);
        }
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        curl_multi_remove_handle(multi, message->easy_handle);
        return call;
    }
}

int main(int argc, char **argv) {
    int measures_latency = argc == 4 && !strcmp(argv[1], "latency");
    if (!measures_latency && (argc != 5 || strcmp(argv[1], "throughput"))) {
        fprintf(stderr, "Usage: curl_multi throughput URL CONCURRENCY CALLS | latency URL CALLS\n");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    struct curl_slist *fields = curl_slist_append(NULL, "Content-Type: application/json");
    fields = curl_slist_append(fields, "Authorization: Bearer sk-benchmark");
    int concurrency = measures_latency ? 1 : atoi(argv[3]), total = atoi(argv[argc - 1]);
    struct call *calls = calloc((size_t)concurrency, sizeof *calls);
    for (int index = 0; index < concurrency; ++index) calls[index].handle = curl_easy_init();
    if (measures_latency) {
        int64_t *firsts = calloc((size_t)total, sizeof *firsts), *ends = calloc((size_t)total, sizeof *ends);
        for (int index = 0; index < total; ++index) {
            int64_t start = now(CLOCK_MONOTONIC);
            begin(calls, multi, argv[2], fields);
            next(multi);
            ends[index] = now(CLOCK_MONOTONIC) - start;
            firsts[index] = calls->first - start;
        }
        qsort(firsts, (size_t)total, sizeof *firsts, ascending);
        qsort(ends, (size_t)total, sizeof *ends, ascending);
        printf("%lld\t%lld\n", (long long)firsts[total / 2], (long long)ends[total / 2]);
        return 0;
    }
    int64_t wall = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    int started = 0, ended = 0;
    for (; started < concurrency && started < total; ++started) begin(&calls[started], multi, argv[2], fields);
    while (ended < total) {
        struct call *call = next(multi);
        ++ended;
        if (started < total) {
            begin(call, multi, argv[2], fields);
            ++started;
        }
    }
    printf("%lld\t%lld\n", (long long)(now(CLOCK_MONOTONIC) - wall), (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - processor));
    return 0;
}
