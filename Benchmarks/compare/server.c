// A server for measuring clients: one thread, and the same answers over and over.
//
// A request is answered with a chat completion, one whose path ends in "?chunks=COUNT" with a stream of so many events in
// one chunk each, a number of them in one write. Prints its port, and serves until its input ends.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char document[] =
    "{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion\",\"created\":1741569952,"
    "\"model\":\"gpt-4o-2024-08-06\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"Hello! How can I assist you today?\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":"
    "{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}},"
    "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_b376dfbbd5\"}";
static const char *const words[] = {"Hello", "!", " How", " can", " I", " assist", " you", " today", "?", " Sure", ","};
static const char event[] =
    "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,"
    "\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_b376dfbbd5\",\"choices\":["
    "{\"index\":0,\"delta\":{\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
static const char done[] = "data: [DONE]\n\n";

// A connection: the bytes of a request that have come, and of an answer that have not gone.
struct connection {
    int socket;
    char received[65536];
    size_t length;
    const char *answer;
    size_t left;
    char *made;
};

static char plain[4096];
static size_t plain_length;
static int poller;

static char *stream(int count, size_t *length) {
    char *text = malloc(512 + (size_t)(count + 1) * (sizeof event + 32));
    size_t at = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                                      "Transfer-Encoding: chunked\r\n\r\n");
    for (int index = 0; index < count; ++index) {
        const char *word = words[(size_t)index % (sizeof words / sizeof *words)];
        at += (size_t)sprintf(text + at, "%zx\r\n", sizeof event - 3 + strlen(word));
        at += (size_t)sprintf(text + at, event, word);
        at += (size_t)sprintf(text + at, "\r\n");
    }
    at += (size_t)sprintf(text + at, "%zx\r\n%s\r\n0\r\n\r\n", sizeof done - 1, done);
    *length = at;
    return text;
}

static void drop(struct connection *connection) {
    close(connection->socket);
    free(connection->made);
    free(connection);
}

// Writes what is left; 0 if the connection is gone.
static int flush(struct connection *connection) {
    while (connection->left) {
        ssize_t count = send(connection->socket, connection->answer, connection->left, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            struct epoll_event wanted = {.events = EPOLLOUT, .data.ptr = connection};
            epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &wanted);
            return 1;
        }
        if (count <= 0) return 0;
        connection->answer += count;
        connection->left -= (size_t)count;
    }
    free(connection->made);
    connection->made = NULL;
    return 1;
}

// Answers the request that has come in whole; 0 if the connection is gone.
static int answer(struct connection *connection) {
    connection->received[connection->length] = 0;
    char *end = strstr(connection->received, "\r\n\r\n");
    if (!end) return 1;
    char *field = strcasestr(connection->received, "\r\ncontent-length:");
    size_t body = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    size_t total = (size_t)(end + 4 - connection->received) + body;
    if (connection->length < total) return 1;
    char *chunks = strstr(connection->received, "?chunks=");
    if (chunks && chunks < end) {
        connection->made = stream(atoi(chunks + 8), &connection->left);
        connection->answer = connection->made;
    } else {
        connection->answer = plain;
        connection->left = plain_length;
    }
    memmove(connection->received, connection->received + total, connection->length - total);
    connection->length -= total;
    return flush(connection);
}

int main(void) {
    plain_length = (size_t)sprintf(plain,
                                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_1\r\n"
                                   "openai-processing-ms: 300\r\nContent-Length: %zu\r\n\r\n%s",
                                   sizeof document - 1, document);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)
        || getsockname(listener, (struct sockaddr *)&address, &size))
        return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    poller = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = &listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wanted);
    wanted.data.ptr = NULL;
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &wanted);
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(poller, events, 64, -1);
        for (int index = 0; index < count; ++index) {
            if (!events[index].data.ptr) return 0;
            if (events[index].data.ptr == &listener) {
                struct connection *connection = calloc(1, sizeof *connection);
                int yes = 1;
                connection->socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                wanted = (struct epoll_event){.events = EPOLLIN, .data.ptr = connection};
                epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &wanted);
                continue;
            }
            struct connection *connection = events[index].data.ptr;
            if (events[index].events & EPOLLOUT) {
                wanted = (struct epoll_event){.events = EPOLLIN, .data.ptr = connection};
                epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &wanted);
                if (!flush(connection)) drop(connection);
                continue;
            }
            ssize_t came = recv(connection->socket, connection->received + connection->length,
                                sizeof connection->received - 1 - connection->length, 0);
            if (came <= 0) {
                drop(connection);
                continue;
            }
            connection->length += (size_t)came;
            if (!answer(connection)) drop(connection);
        }
    }
}
