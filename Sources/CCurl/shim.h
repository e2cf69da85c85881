#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

// The checking macros of curl.h would take the place of the functions that are called below.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// libcurl's options are set and its facts are read by variadic functions, which Swift does not import. There is one
// function here for every type of argument.

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

// The functions that take a response's body and its header, and that give a request's body, are of one type.
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

// What a message of a transfer's end is about; its fields are a union.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

// Ends a transfer without waiting for a look-up of a name that is under way. Older libraries wait.
static inline CURLcode ccurl_set_quick_exit(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
    return CURLE_OK;
#endif
}

// A thread takes its name only from itself on one system, and from anybody on another.
#ifdef __APPLE__
static inline void ccurl_name_thread(const char *name) { pthread_setname_np(name); }
#else
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void ccurl_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#endif

// Starts a thread that nobody has to wait for. It takes no signals, so that those of the program go to its own threads,
// and a socket that is closed raises none.
static inline int ccurl_start_thread(void *(*run)(void *context), void *context) {
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, own;
    int code = pthread_attr_init(&attributes);
    if (code != 0) return code;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // A thread begins with the mask of who made it.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &own);
    code = pthread_create(&thread, &attributes, run, context);
    pthread_sigmask(SIG_SETMASK, &own, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

// Keeps signals from the thread that calls it, so that the threads that libcurl starts take none, and tells which it took.
static inline void ccurl_block_signals(sigset_t *taken) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, taken);
}

// Lets the thread take again the signals that it took.
static inline void ccurl_restore_signals(const sigset_t *taken) { pthread_sigmask(SIG_SETMASK, taken, NULL); }

// Whether names are resolved without blocking the thread that asks.
static inline bool ccurl_resolves_aside(void) {
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS;
}

// The version of the library that is loaded, as in 0x075801 for 7.88.1.
static inline unsigned int ccurl_version(void) { return curl_version_info(CURLVERSION_NOW)->version_num; }

// A call on an easy handle of the program's own, and where its bytes go. libcurl does not give back what was set on a
// handle, so whatever the meter has to see is told here and set by it; everything else is set on the handle as usual.
typedef struct ccurl_call {
    const char *url;
    // NULL for GET, or POST where there is a body.
    const char *method;
    // The field OpenAI-Usage-Tags labels the call, and does not go over the wire.
    const struct curl_slist *fields;
    // The request's body, which has to stay where it is until the end; or else `read` gives it, with its length in
    // `body_length`, or -1 if that is not known.
    const void *body;
    curl_off_t body_length;
    curl_read_callback read;
    void *read_context;
    ccurl_seek_callback seek;
    void *seek_context;
    // What the response's header and body are given to. NULL drops the header, and the body too.
    curl_write_callback header;
    void *header_context;
    curl_write_callback write;
    void *write_context;
    // CURLOPT_ACCEPT_ENCODING: NULL leaves the body in the server's coding.
    const char *accept_encoding;
} ccurl_call;

// A UsageMeter, which Swift hands out, and a call that it meters.
typedef struct ccurl_meter ccurl_meter;
typedef struct ccurl_metered_call ccurl_metered_call;

// The library OpenAIUsageCurl has these functions.

// curl_easy_perform with a meter: sets the call on the handle, performs it, and hands over its one record.
CURLcode ccurl_metered(CURL *handle, const ccurl_call *call, const ccurl_meter *meter);

// For a program that drives the handle itself, with a multi handle: sets the call on the handle. NULL if libcurl refuses it
// or there is no URL.
ccurl_metered_call *ccurl_metered_begin(CURL *handle, const ccurl_call *call, const ccurl_meter *meter);

// Ends the call with libcurl's verdict, hands over its one record and takes the call off the handle. It is called once,
// when the transfer is over or was taken out of its multi handle, and before curl_easy_cleanup.
void ccurl_metered_end(ccurl_metered_call *call, CURLcode result);
