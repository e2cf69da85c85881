// The upstream of the gateway's benchmark: one thread, epoll, and answers in the shape of the API's.
//
//   POST PATH                        a chat completion of 543 bytes
//   POST PATH?stream=DELTAS          that many events 20 ms apart; 20 ms later usage, [DONE] and the end in one write
//   POST PATH?large=BYTES&hold=MS    begins to read the request's body after MS, then answers with BYTES
//
// Every answer has ids of its own, so that nobody takes two calls for one. A delta carries its number, and the last
// write of a stream the clock (CLOCK_MONOTONIC, nanoseconds): a client can tell what is missing and what is late.
// Prints its port, and serves until its input ends.
#include "common.h"

#define GAP_NS 20000000
#define UNSET "................" // where a number goes
#define FIELDS                                                                                                         \
    "Date: Sat, 28 Nov 2026 09:00:00 GMT\r\nopenai-organization: org-bench\r\nopenai-processing-ms: 300\r\n"           \
    "openai-project: proj_bench\r\nopenai-version: 2020-10-01\r\nx-ratelimit-limit-requests: 10000\r\n"                \
    "x-ratelimit-limit-tokens: 30000000\r\nx-ratelimit-remaining-requests: 9999\r\n"                                   \
    "x-ratelimit-remaining-tokens: 29999970\r\nx-ratelimit-reset-requests: 6ms\r\nx-ratelimit-reset-tokens: 0s\r\n"    \
    "x-request-id: req_0000000000000000" UNSET "\r\nstrict-transport-security: max-age=31536000\r\n"            \
    "cf-cache-status: DYNAMIC\r\nServer: cloudflare\r\nalt-svc: h3=\":443\"; ma=86400\r\n"

#define PLAIN_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n" FIELDS "\r\n"

static const char document[] =
    "{\"id\":\"chatcmpl-" UNSET "\",\"object\":\"chat.completion\",\"created\":1741569952,"
    "\"model\":\"gpt-4o-2024-08-06\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"Hello! How can I assist you today? Tell me, please\",\"refusal\":null},\"logprobs\":null,"
    "\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":"
    "{\"reasoning_tokens\":0,\"audio_tokens\":0}},\"service_tier\":\"default\","
    "\"system_fingerprint\":\"fp_b376dfbbd5\"}";
_Static_assert(sizeof document - 1 == 543, "the document has 543 bytes");
static const char stream_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                                  "Transfer-Encoding: chunked\r\n" FIELDS "\r\n";
static const char event_start[] = "data: {\"id\":\"chatcmpl-%016llx\",\"object\":\"chat.completion.chunk\",\"created\":"
                                  "1741569952,\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",";
static const char delta[] =
    "\"system_fingerprint\":\"fp_b376dfbbd5\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
    " t%d\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
static const char usage[] =
    "\"system_fingerprint\":\"fp_%016llx\",\"choices\":[],\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":64,"
    "\"total_tokens\":83,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}}}\n\ndata: [DONE]\n\n";

struct connection {
    int socket; // -1: gone, and freed by the queue that still holds it
    enum { HEAD, HELD, BODY, STREAM, ANSWER } state;
    char head[8192];
    size_t length;
    size_t body; // of the request's, yet to come
    int deltas, sent, hold;
    size_t large;
    char answer[2048]; // the beginning of a large answer
    const char *rest[3];
    size_t left[3];
    unsigned long long number;
    int64_t due;
    struct connection *next;
};

// Connections in order of their time: all of a queue wait equally long, so whoever comes goes to the end.
static struct queue {
    struct connection *first, *last;
} streams, held;

static unsigned long long calls;
static char plain[2048], letters[1 << 20], scratch[1 << 16];
static size_t plain_length;
static char *plain_id, *plain_request_id;

static void append(struct queue *queue, struct connection *connection, int64_t due) {
    connection->due = due;
    connection->next = NULL;
    if (queue->first) queue->last->next = connection;
    else queue->first = connection;
    queue->last = connection;
}

static void want(struct connection *connection, uint32_t events) {
    watch(EPOLL_CTL_MOD, connection->socket, events, connection);
}

static void drop(struct connection *connection) {
    close(connection->socket);
    connection->socket = -1;
    if (connection->state != HELD && connection->state != STREAM) free(connection);
}

static void stamp(char *text, unsigned long long number) {
    for (int index = 15; index >= 0; --index, number >>= 4) text[index] = "0123456789abcdef"[number & 15];
}

// These answers fit into a socket's buffer; a client that does not read is dropped.
static int write_all(struct connection *connection, const char *bytes, size_t length) {
    return send(connection->socket, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

// Writes a stream's next event; 0 if the connection is gone.
static int next_event(struct connection *connection) {
    char text[4096], *at = text;
    if (!connection->sent) {
        memcpy(at, stream_head, sizeof stream_head);
        stamp(strstr(at, UNSET), connection->number);
        at += sizeof stream_head - 1;
    }
    int is_last = connection->sent == connection->deltas;
    char event[2048];
    int length = sprintf(event, event_start, connection->number);
    if (is_last) length += sprintf(event + length, usage, (unsigned long long)now());
    else length += sprintf(event + length, delta, connection->sent);
    at += sprintf(at, "%x\r\n%s\r\n%s", length, event, is_last ? "0\r\n\r\n" : "");
    connection->sent++;
    if (is_last) connection->state = HEAD;
    if (!write_all(connection, text, (size_t)(at - text))) {
        connection->state = HEAD; // it is in no queue now
        return 0;
    }
    if (!is_last) append(&streams, connection, now() + GAP_NS);
    return 1;
}

// Writes what is left of a large answer; 0 if the connection is gone.
static int flush(struct connection *connection) {
    for (int part = 0; part < 3; ++part) {
        while (connection->left[part]) {
            ssize_t count = send(connection->socket, connection->rest[part], connection->left[part], MSG_NOSIGNAL);
            if (count < 0 && errno == EAGAIN) return want(connection, EPOLLOUT), 1;
            if (count <= 0) return 0;
            connection->rest[part] += count;
            connection->left[part] -= (size_t)count;
        }
    }
    connection->state = HEAD;
    return want(connection, EPOLLIN), 1;
}

// Answers a request that has come in whole; 0 if the connection is gone.
static int answer(struct connection *connection) {
    connection->number = ++calls;
    if (connection->deltas) {
        connection->state = STREAM;
        connection->sent = 0;
        return next_event(connection);
    }
    if (connection->large) {
        // The document, with a content as long as it takes.
        const char *tail = strstr(document, "\",\"refusal\"");
        size_t start = (size_t)(tail - document);
        char *body = connection->answer + sprintf(connection->answer, PLAIN_HEAD, connection->large);
        memcpy(body, document, start + 1);
        stamp(strstr(connection->answer, UNSET), connection->number);
        stamp(strstr(body, UNSET), connection->number);
        connection->state = ANSWER;
        connection->rest[0] = connection->answer;
        connection->left[0] = (size_t)(body - connection->answer) + start;
        connection->rest[1] = letters;
        connection->left[1] = connection->large - (sizeof document - 1);
        connection->rest[2] = tail;
        connection->left[2] = sizeof document - 1 - start;
        return flush(connection);
    }
    connection->state = HEAD;
    stamp(plain_request_id, connection->number);
    stamp(plain_id, connection->number);
    return write_all(connection, plain, plain_length);
}

// Reads what a request's head asks for, and goes on with its body; 0 if the connection is gone.
static int begin(struct connection *connection, char *end) {
    size_t body = 0;
    for (char *line = connection->head; line < end; line = strchr(line, '\n') + 1) {
        if (!strncasecmp(line, "content-length:", 15)) body = strtoul(line + 15, NULL, 10);
        if (!strncasecmp(line, "transfer-encoding:", 18)) return 0; // everybody is sent lengths, and shall keep them
    }
    connection->deltas = connection->hold = 0;
    connection->large = 0;
    char *query = memchr(connection->head, '?', 64);
    if (query) {
        sscanf(query, "?stream=%d", &connection->deltas);
        sscanf(query, "?large=%zu&hold=%d", &connection->large, &connection->hold);
        if (connection->large && (connection->large < sizeof document || connection->large > sizeof letters)) return 0;
    }
    size_t came = connection->length - (size_t)(end - connection->head);
    connection->length = 0;
    if (came > body) return 0; // nobody sends a request before the answer to the last
    connection->body = body - came;
    connection->state = BODY;
    if (connection->hold && connection->body) {
        connection->state = HELD;
        append(&held, connection, now() + connection->hold * 1000000LL);
        return want(connection, 0), 1;
    }
    return connection->body ? 1 : answer(connection);
}

// Reads what has come; 0 if the connection is gone.
static int readable(struct connection *connection) {
    if (connection->state == BODY) {
        size_t most = connection->body < sizeof scratch ? connection->body : sizeof scratch;
        ssize_t came = recv(connection->socket, scratch, most, 0);
        if (came <= 0) return came < 0 && errno == EAGAIN;
        connection->body -= (size_t)came;
        return connection->body ? 1 : answer(connection);
    }
    size_t room = sizeof connection->head - 1 - connection->length;
    ssize_t came = recv(connection->socket, connection->head + connection->length, room, 0);
    if (came <= 0) return came < 0 && errno == EAGAIN;
    if (connection->state != HEAD) return 0;
    connection->length += (size_t)came;
    connection->head[connection->length] = 0;
    char *end = strstr(connection->head, "\r\n\r\n");
    if (end) return begin(connection, end + 4);
    return connection->length < sizeof connection->head - 1;
}

// Goes on with whoever has waited long enough, and tells when that is for the next.
static int64_t serve(struct queue *queue) {
    while (queue->first) {
        struct connection *connection = queue->first;
        if (connection->socket >= 0 && connection->due > now()) return connection->due;
        queue->first = connection->next;
        if (connection->socket < 0) {
            free(connection);
        } else if (connection->state == HELD) {
            connection->state = BODY;
            want(connection, EPOLLIN);
        } else if (!next_event(connection)) {
            drop(connection);
        }
    }
    return INT64_MAX;
}

int main(void) {
    memset(letters, 'x', sizeof letters);
    plain_length = (size_t)sprintf(plain, PLAIN_HEAD "%s", sizeof document - 1, document);
    plain_request_id = strstr(plain, UNSET);
    plain_id = strstr(plain_request_id + 1 + sizeof UNSET, UNSET);
    prctl(PR_SET_TIMERSLACK, 1);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 8192)
        || getsockname(listener, (struct sockaddr *)&address, &size))
        return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    poller = epoll_create1(0);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, &listener);
    watch(EPOLL_CTL_ADD, 0, EPOLLIN, NULL);
    for (;;) {
        int64_t due = serve(&streams), other = serve(&held);
        struct epoll_event events[64];
        int count = wait_until(due < other ? due : other, events, 64);
        for (int index = 0; index < count; ++index) {
            struct connection *connection = events[index].data.ptr;
            if (!connection) return 0;
            if (events[index].data.ptr == &listener) {
                int socket, yes = 1;
                while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    connection = calloc(1, sizeof *connection);
                    connection->socket = socket;
                    watch(EPOLL_CTL_ADD, socket, EPOLLIN, connection);
                }
                continue;
            }
            int lives = connection->state == HELD   ? 0 // it is watched for its end alone
                : connection->state == ANSWER ? flush(connection)
                                              : readable(connection);
            if (!lives) drop(connection);
        }
    }
}
