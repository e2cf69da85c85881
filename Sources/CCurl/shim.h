#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

// The type-checking macros of curl.h would replace the functions that are called below.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// Swift does not import the variadic functions that set libcurl's options and read its information. These wrappers exist
// once per argument type.

typedef int (*ccurl_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// Read, write and header callbacks have the same type.
static inline CURLcode ccurl_set_data_function(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_seek_function(CURL *handle, ccurl_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result in the message of a finished transfer, which is a member of a union.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

// Lets a transfer end without waiting for a name lookup in flight. Libraries before 7.87 wait.
static inline CURLcode ccurl_set_quick_exit(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
    return CURLE_OK;
#endif
}

// On Apple's systems, only the thread itself can set its name; on others, the function takes a thread.
#ifdef __APPLE__
static inline void ccurl_name_thread(const char *name) { pthread_setname_np(name); }
#else
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void ccurl_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#endif

// Starts a detached thread with all signals blocked: the program's signals go to its own threads, and a closed socket
// does not raise SIGPIPE.
static inline int ccurl_start_thread(void *(*run)(void *context), void *context) {
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, own;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // A thread inherits the signal mask of its creator.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &own);
    code = pthread_create(&thread, &attributes, run, context);
    pthread_sigmask(SIG_SETMASK, &own, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

// Blocks all signals of the calling thread, so that threads started by libcurl have them blocked too. Returns the old mask.
static inline void ccurl_block_signals(sigset_t *taken) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, taken);
}

// Restores the signal mask of the calling thread.
static inline void ccurl_restore_signals(const sigset_t *taken) { pthread_sigmask(SIG_SETMASK, taken, NULL); }

// True if libcurl resolves names without blocking the calling thread.
static inline bool ccurl_resolves_aside(void) {
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS;
}

// The version of the loaded library, such as 0x075801 for 7.88.1.
static inline unsigned int ccurl_version(void) { return curl_version_info(CURLVERSION_NOW)->version_num; }

// A call on an easy handle of the program's own, with the callbacks for its bytes. libcurl does not return the options of a
// handle, so those that the meter has to observe are passed here and set by it. All others are set on the handle as usual.
typedef struct ccurl_call {
    const char *url;
    // NULL for GET, or for POST if there is a body.
    const char *method;
    // The header fields in libcurl's notation. OpenAI-Usage-Tags sets the tags of the call and is not sent.
    const struct curl_slist *fields;
    // The request's body, which must stay valid until the end of the call; NULL if `read` provides it. `body_length` is the
    // length in both cases, or -1 with `read` if it is unknown.
    const void *body;
    curl_off_t body_length;
    curl_read_callback read;
    void *read_context;
    ccurl_seek_callback seek;
    void *seek_context;
    // The callbacks for the response's header and body. NULL discards the bytes.
    curl_write_callback header;
    void *header_context;
    curl_write_callback write;
    void *write_context;
    // CURLOPT_ACCEPT_ENCODING; NULL leaves the body in the server's content coding.
    const char *accept_encoding;
} ccurl_call;

// A UsageMeter, from its property `curlMeter` in Swift, and a metered call.
typedef struct ccurl_meter ccurl_meter;
typedef struct ccurl_metered_call ccurl_metered_call;

// OpenAIUsageCurl implements the functions below.

// Sets the call on the handle, performs it with curl_easy_perform and records it.
CURLcode ccurl_metered(CURL *handle, const ccurl_call *call, const ccurl_meter *meter);

// Sets the call on the handle, for a program that drives it with a multi handle. Returns NULL if libcurl rejects an option,
// or if the URL or the method is invalid.
ccurl_metered_call *ccurl_metered_begin(CURL *handle, const ccurl_call *call, const ccurl_meter *meter);

// Ends the call with libcurl's result, records it and restores the callbacks of the handle. Call it once, when the transfer
// is done or was removed from its multi handle, and before curl_easy_cleanup.
void ccurl_metered_end(ccurl_metered_call *call, CURLcode result);
