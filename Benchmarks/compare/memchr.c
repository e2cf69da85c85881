// The physical limit: memchr over the same bodies, for a byte that ends each event, and for one that is not there.
//
// Prints for each the name, the bytes, the median nanoseconds and how often the byte was found, with tabs between them.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static size_t count(const char *bytes, size_t length, int byte) {
    size_t found = 0;
    const char *end = bytes + length;
    while ((bytes = memchr(bytes, byte, (size_t)(end - bytes)))) {
        ++found;
        if (++bytes == end) break;
    }
    return found;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "Usage: memchr FOLDER\n");
        return 2;
    }
    static const struct {
        const char *name, *file;
        int byte;
    } bodies[] = {
        {"chat stream", "chat-stream.sse", '\n'},
        {"responses stream", "responses-stream.sse", '\n'},
        {"chat body", "chat.json", 0},
        {"chat body, two quotes in 70 bytes", "chat-quoted.json", 0},
        {"embeddings body, base64", "embeddings-base64.json", 0},
        {"embeddings body, numbers", "embeddings-float.json", 0},
        {"embeddings body, numbers, indented", "embeddings-float-indented.json", 0},
        {"image body, base64", "image.json", 0},
        {"chat request, long messages", "chat-request.json", 0},
        {"transcription form, 25 MB file", "transcription-form", '\r'},
    };
    for (size_t index = 0; index < sizeof bodies / sizeof *bodies; ++index) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], bodies[index].file);
        FILE *file = fopen(path, "rb");
        if (!file) {
            fprintf(stderr, "%s cannot be read.\n", path);
            return 1;
        }
        fseek(file, 0, SEEK_END);
        size_t length = (size_t)ftell(file);
        rewind(file);
        char *bytes = malloc(length);
        if (!bytes || fread(bytes, 1, length, file) != length) return 1;
        fclose(file);
        int64_t samples[15];
        size_t found = 0;
        for (size_t sample = 0; sample < 15; ++sample) {
            int64_t start = now();
            for (int run = 0; run < 10; ++run) found = count(bytes, length, bodies[index].byte);
            samples[sample] = (now() - start) / 10;
        }
        qsort(samples, 15, sizeof *samples, ascending);
        printf("%s\t%zu\t%lld\t%zu\n", bodies[index].name, length, (long long)samples[7], found);
        free(bytes);
    }
    return 0;
}
