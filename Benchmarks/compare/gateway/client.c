// The client of the gateway's benchmark: one thread, epoll. Every answer is read to its end and looked at.
//
//   client rate PORT REQUEST CONNECTIONS BODY RATE SECONDS    an open loop: calls start by the clock, not by answers
//   client streams PORT REQUEST STREAMS DELTAS WAVES          so many streams at once, WAVES one after the other
//   client bodies PORT REQUEST CONNECTIONS BODY               one call each, all under way at once, and slow to be read
//
// REQUEST is a file with a request's bytes, BODY the length of the body that answers it. Prints one line of JSON, times
// in microseconds. "failed": not 200, cut, a body too short or too long, an event missing; "late": not yet answered.
#include "common.h"

#define WARM_UP (SECOND / 5) // of a rate: its calls are checked, their times are not counted
#define GRACE SECOND         // that a rate's last calls have
#define SLOWNESS (300 * 1000000LL) // between the last byte of the large requests and the first read

struct connection {
    int socket;
    int is_busy, calls;
    const char *rest; // of the request
    size_t left;
    int64_t since, last; // when the call was due; its last event
    enum { HEAD, LENGTH, SIZE, CHUNK, CHUNK_END, TRAILER } state;
    char line[4096]; // the head, then lines of chunks
    size_t length, todo, body;
    char event[1024];
    size_t event_length;
    int deltas, is_done;
    int64_t stamp;
};

struct samples {
    int64_t *values;
    size_t count, room;
};

static enum { RATE, STREAMS, BODIES } mode;
static struct connection *connections, **idle;
static int connection_count, idle_first, idle_count, deltas, waves, written;
static int64_t start, rate, resume;
static size_t expected;
static const char *request;
static size_t request_length;
static struct sockaddr_in address;
static long total, begun, done, failed;
static char why[128];
static struct samples times, firsts, gaps, ends;

static void add(struct samples *samples, int64_t value) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 4096;
        samples->values = realloc(samples->values, samples->room * sizeof value);
    }
    samples->values[samples->count++] = value;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void print_samples(const char *name, struct samples *samples) {
    if (!samples->count) return;
    qsort(samples->values, samples->count, sizeof *samples->values, ascending);
    printf(", \"%s_p50\": %.1f, \"%s_p99\": %.1f", name, (double)samples->values[samples->count / 2] / 1000, name,
           (double)samples->values[samples->count * 99 / 100] / 1000);
}

static void want(struct connection *connection, uint32_t events) {
    watch(EPOLL_CTL_MOD, connection->socket, events, connection);
}

static void open_connection(struct connection *connection) {
    int yes = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) {
        perror("client: connect");
        exit(1);
    }
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(EPOLL_CTL_ADD, connection->socket, mode == BODIES ? 0 : EPOLLIN, connection);
}

static void begin(struct connection *, int64_t);

// What follows a call's end: the next one of its connection, or rest.
static void go_on(struct connection *connection) {
    connection->is_busy = 0;
    if (mode == RATE) idle[(idle_first + idle_count++) % connection_count] = connection;
    if (mode == STREAMS && connection->calls < waves) begin(connection, now());
}

static void fail(struct connection *connection, const char *reason) {
    failed++;
    if (!why[0]) snprintf(why, sizeof why, "%s", reason); // the first one tells most
    close(connection->socket);
    if (mode != BODIES) open_connection(connection);
    else if (connection->left) written++; // the others shall not wait for it
    go_on(connection);
}

// Writes what is left of the request; 0 if the connection is gone.
static int flush(struct connection *connection) {
    while (connection->left) {
        // Large ones take turns.
        size_t most = connection->left < 16384 ? connection->left : 16384;
        ssize_t count = send(connection->socket, connection->rest, most, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count <= 0 && errno != EAGAIN) return 0;
        if (count > 0) {
            connection->rest += count;
            connection->left -= (size_t)count;
        }
        if (connection->left) return want(connection, EPOLLOUT), 1;
        if (mode == BODIES) want(connection, 0), written++;
        else if (most < request_length) want(connection, EPOLLIN);
    }
    return 1;
}

static void begin(struct connection *connection, int64_t due) {
    begun++;
    connection->calls++;
    connection->is_busy = 1;
    connection->rest = request;
    connection->left = request_length;
    connection->since = due;
    connection->last = connection->stamp = 0;
    connection->state = HEAD;
    connection->length = connection->body = connection->event_length = 0;
    connection->deltas = connection->is_done = 0;
    if (!flush(connection)) fail(connection, "cut while the request was sent");
}

// Reads an event; 0 if it is not the one that comes next.
static int read_event(struct connection *connection, int64_t time) {
    char *text = connection->event, *found;
    text[connection->event_length] = 0;
    connection->event_length = 0;
    if (strncmp(text, "data: ", 6)) return 0;
    if (!strncmp(text + 6, "[DONE]", 6)) return connection->is_done = connection->stamp != 0;
    if ((found = strstr(text, "\"content\":\" t"))) {
        if (atoi(found + 13) != connection->deltas++) return 0;
        if (connection->last) add(&gaps, time - connection->last);
        else add(&firsts, time - connection->since);
        connection->last = time;
        return 1;
    }
    if (connection->deltas != deltas || !strstr(text, "\"usage\":{") || !(found = strstr(text, "\"fp_"))) return 0;
    connection->stamp = (int64_t)strtoull(found + 4, NULL, 16);
    return 1;
}

static int payload(struct connection *connection, const char *bytes, size_t count, int64_t time) {
    connection->body += count;
    if (mode != STREAMS) return 1;
    for (size_t index = 0; index < count; ++index) {
        if (connection->event_length == sizeof connection->event - 1) return 0;
        connection->event[connection->event_length++] = bytes[index];
        if (bytes[index] != '\n' || connection->event_length < 2) continue;
        if (connection->event[connection->event_length - 2] == '\n' && !read_event(connection, time)) return 0;
    }
    return 1;
}

// Reads the head and chooses how the body ends; 0 if it is not the head of an answer.
static int read_head(struct connection *connection) {
    if (sscanf(connection->line, "HTTP/1.%*d %zu", &connection->todo) != 1) return 0;
    if (connection->todo != 200) {
        if (!why[0]) snprintf(why, sizeof why, "status %zu", connection->todo);
        return 0;
    }
    for (char *line = connection->line; *line; line = strchr(line, '\n') + 1) {
        if (!strncasecmp(line, "content-length:", 15)) {
            connection->todo = strtoul(line + 15, NULL, 10);
            connection->state = LENGTH;
        } else if (!strncasecmp(line, "transfer-encoding: chunked", 26)) {
            connection->state = SIZE;
        }
    }
    // Nobody here ends a body by closing, and none is empty.
    return connection->state == SIZE || (connection->state == LENGTH && connection->todo);
}

enum progress { MORE, COMPLETE, BROKEN };

// Reads what came; at most one answer is under way.
static enum progress feed(struct connection *connection, const char *bytes, size_t count, int64_t time) {
    const char *end = bytes + count;
    while (bytes < end) {
        size_t many = (size_t)(end - bytes);
        if (connection->state == LENGTH || connection->state == CHUNK) {
            if (many > connection->todo) many = connection->todo;
            if (!payload(connection, bytes, many, time)) return BROKEN;
            bytes += many;
            connection->todo -= many;
            if (connection->state == LENGTH && !connection->todo) return bytes == end ? COMPLETE : BROKEN;
            if (connection->state == CHUNK && !connection->todo) connection->state = CHUNK_END;
            continue;
        }
        if (connection->length == sizeof connection->line - 1) return BROKEN;
        connection->line[connection->length++] = *bytes;
        if (*bytes++ != '\n') continue;
        connection->line[connection->length] = 0;
        if (connection->state == HEAD) {
            if (connection->length < 4 || strcmp(connection->line + connection->length - 4, "\r\n\r\n")) continue;
            if (!read_head(connection)) return BROKEN;
        } else if (connection->state == SIZE) {
            connection->todo = strtoul(connection->line, NULL, 16);
            connection->state = connection->todo ? CHUNK : TRAILER;
        } else if (connection->state == CHUNK_END) {
            if (connection->length != 2) return BROKEN;
            connection->state = SIZE;
        } else if (connection->length == 2) {
            return bytes == end ? COMPLETE : BROKEN;
        }
        connection->length = 0;
    }
    return MORE;
}

static void complete(struct connection *connection, int64_t time) {
    if (mode == STREAMS ? !connection->is_done : connection->body != expected) {
        return fail(connection, mode == STREAMS ? "a stream without its end" : "a body of another length");
    }
    done++;
    if (mode == STREAMS) add(&ends, time - connection->stamp);
    else if (mode == BODIES || connection->since >= start + WARM_UP) add(&times, time - connection->since);
    go_on(connection);
}

static void readable(struct connection *connection) {
    static char bytes[1 << 16];
    ssize_t count = recv(connection->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    int64_t time = now();
    if (count <= 0 && !connection->is_busy) { // an idle connection may be closed
        close(connection->socket);
        if (mode == RATE) open_connection(connection);
        return;
    }
    if (count <= 0) return fail(connection, "cut while the answer was read");
    if (!connection->is_busy) return fail(connection, "bytes that nobody asked for");
    enum progress progress = feed(connection, bytes, (size_t)count, time);
    if (progress == BROKEN) fail(connection, "an answer or an event that is not as it was sent");
    if (progress == COMPLETE) complete(connection, time);
}

static int64_t due(long index) {
    if (mode == RATE) return start + index * SECOND / rate;
    return mode == STREAMS ? start + index * SECOND / connection_count : start; // the streams set in within a second
}

// Begins what is due, and tells when something is next.
static int64_t begin_due(void) {
    static long next;
    while (mode == RATE && next < total && due(next) <= now()) {
        if (!idle_count) return INT64_MAX;
        struct connection *connection = idle[idle_first];
        idle_first = (idle_first + 1) % connection_count;
        idle_count--;
        begin(connection, due(next++));
    }
    while (mode != RATE && next < connection_count && due(next) <= now()) begin(&connections[next], due(next)), next++;
    if (mode == BODIES && written == connection_count) {
        if (!resume) resume = now() + SLOWNESS;
        if (resume > now()) return resume;
        written = 0;
        for (int index = 0; index < connection_count; ++index) want(&connections[index], EPOLLIN);
    }
    return next < (mode == RATE ? total : connection_count) ? due(next) : INT64_MAX;
}

int main(int count, char **arguments) {
    if (count < 6) return 2;
    mode = !strcmp(arguments[1], "rate") ? RATE : !strcmp(arguments[1], "streams") ? STREAMS : BODIES;
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)atoi(arguments[2]));
    static char text[1 << 20];
    FILE *file = fopen(arguments[3], "rb");
    if (!file) return 2;
    request_length = fread(text, 1, sizeof text, file);
    request = text;
    total = connection_count = atoi(arguments[4]);
    int64_t deadline = 30 * SECOND;
    if (mode == STREAMS) {
        deltas = atoi(arguments[5]);
        waves = atoi(arguments[6]);
        total *= waves;
        deadline = (10 + 3 * waves) * SECOND;
    } else {
        expected = strtoul(arguments[5], NULL, 10);
    }
    if (mode == RATE) {
        rate = atol(arguments[6]);
        total = (long)((double)rate * atof(arguments[7]));
        deadline = total * SECOND / rate + GRACE;
    }
    prctl(PR_SET_TIMERSLACK, 1);
    poller = epoll_create1(0);
    connections = calloc((size_t)connection_count, sizeof *connections);
    idle = calloc((size_t)connection_count, sizeof *idle);
    for (int index = 0; index < connection_count; ++index) {
        open_connection(&connections[index]);
        idle[index] = &connections[index];
    }
    idle_count = connection_count;
    start = now() + SECOND / 10;
    deadline += start;
    while (done + failed < total) {
        int64_t next = begin_due(), time = now();
        if (time > deadline) break;
        struct epoll_event events[256];
        int ready = wait_until(next < deadline ? next : deadline, events, 256);
        for (int index = 0; index < ready; ++index) {
            struct connection *connection = events[index].data.ptr;
            if (connection->left) {
                if (!flush(connection)) fail(connection, "cut while the request was sent");
            } else {
                readable(connection);
            }
        }
    }
    printf("{\"calls\": %ld, \"done\": %ld, \"failed\": %ld, \"late\": %ld, \"why\": \"%s\", \"seconds\": %.3f", total,
           done, failed, total - done - failed, why, (double)(now() - start) / SECOND);
    print_samples("time", &times);
    print_samples("first", &firsts);
    print_samples("gap", &gaps);
    print_samples("end", &ends);
    printf("}\n");
}
