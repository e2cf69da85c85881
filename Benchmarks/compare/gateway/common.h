// What both ends of the gateway's benchmark need.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL // in nanoseconds, as all times

static int poller;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

// Registers or changes what a socket is watched for.
static void watch(int operation, int socket, uint32_t events, void *context) {
    struct epoll_event wanted = {.events = events, .data.ptr = context};
    epoll_ctl(poller, operation, socket, &wanted);
}

// Waits for events until a time at the latest.
static int wait_until(int64_t time, struct epoll_event *events, int room) {
    int64_t left = time - now();
    if (left < 0) left = 0;
    struct timespec timeout = {left / SECOND, left % SECOND};
    return epoll_pwait2(poller, events, room, &timeout, NULL);
}
