// A disk under a process, loaded before its other libraries (LD_PRELOAD): it notes what is done to the files of one folder, and
// fails as it is told to. Only DISK_FOLDER and the files below it are looked at.
//
// DISK_LOG     A file to which each operation is appended: a head of 24 bytes (kind, path, offset, length) and the bytes written.
// DISK_FAULTS  A file of 64 bytes that is shared with the test: which fault, at which of the calls, and how often it came.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { OPEN = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK };
enum fault { NONE, INPUT_OUTPUT, NO_SPACE, SHORT_WRITE, READ_ONLY };

struct faults {
    volatile int32_t kind;        // One of the faults.
    volatile int32_t operations;  // Those that fail: bit 1 << operation.
    volatile int64_t every;       // Each so many of them fail.
    volatile int64_t calls;       // How many there were.
    volatile int64_t failed;      // How many have failed.
};

struct head {
    uint32_t kind;
    uint32_t path;    // The length of the path, which follows the head; a second one, behind a zero byte, for a new name.
    int64_t offset;
    int64_t length;   // The length of the bytes that follow the path, or the new length of a file.
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static int log_file = -1;
static struct faults *faults;
enum { MOST_FILES = 4096 };
static char *paths[MOST_FILES];

__attribute__((constructor)) static void start(void) {
    const char *given = getenv("DISK_FOLDER");
    if (given == NULL || realpath(given, folder) == NULL) folder[0] = 0;
    const char *log = getenv("DISK_LOG");
    // A number that no program closes by chance.
    if (log != NULL) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        log_file = fcntl(file, F_DUPFD_CLOEXEC, 900);
        syscall(SYS_close, file);
    }
    const char *control = getenv("DISK_FAULTS");
    if (control != NULL) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDWR | O_CLOEXEC, 0);
        void *memory = file < 0 ? MAP_FAILED : mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (memory != MAP_FAILED) faults = memory;
        if (file >= 0) syscall(SYS_close, file);
    }
    // The children of the program are not watched.
    unsetenv("LD_PRELOAD");
}

static const char *below(const char *path, char *absolute) {
    if (folder[0] == 0 || path == NULL) return NULL;
    if (path[0] == '/') {
        if (strlen(path) >= PATH_MAX) return NULL;
        strcpy(absolute, path);
    } else {
        if (getcwd(absolute, PATH_MAX) == NULL || strlen(absolute) + strlen(path) + 2 > PATH_MAX) return NULL;
        strcat(strcat(absolute, "/"), path);
    }
    size_t length = strlen(folder);
    return strncmp(absolute, folder, length) == 0 && (absolute[length] == '/' || absolute[length] == 0) ? absolute : NULL;
}

static const char *path_of(int file) {
    return file >= 0 && file < MOST_FILES ? __atomic_load_n(&paths[file], __ATOMIC_ACQUIRE) : NULL;
}

static void name(int file, const char *path) {
    if (file < 0 || file >= MOST_FILES) return;
    // Old names are left to the end of the process: another thread may be reading one.
    __atomic_store_n(&paths[file], path == NULL ? NULL : strdup(path), __ATOMIC_RELEASE);
}

static void note(enum operation kind, const char *path, const char *other, int64_t offset, int64_t length, const void *bytes) {
    if (log_file < 0) return;
    size_t path_length = strlen(path) + (other == NULL ? 0 : 1 + strlen(other));
    struct head head = {(uint32_t)kind, (uint32_t)path_length, offset, length};
    struct iovec parts[4] = {{&head, sizeof head}, {(void *)path, strlen(path)}, {NULL, 0}, {(void *)bytes, bytes == NULL ? 0 : (size_t)length}};
    char second[PATH_MAX + 1];
    if (other != NULL) {
        second[0] = 0;
        strcpy(second + 1, other);
        parts[2] = (struct iovec){second, 1 + strlen(other)};
    }
    int error = errno;
    syscall(SYS_writev, log_file, parts, 4);
    errno = error;
}

// True if this call is to fail.
static int fails(enum operation kind, const char *path, enum fault *fault) {
    if (faults == NULL || path == NULL || faults->kind == NONE || (faults->operations & 1 << kind) == 0) return 0;
    // The index of the log is memory, and not on the disk.
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, "-shm") == 0) return 0;
    int64_t number = __atomic_add_fetch(&faults->calls, 1, __ATOMIC_RELAXED);
    if (faults->every <= 0 || number % faults->every != 0) return 0;
    __atomic_add_fetch(&faults->failed, 1, __ATOMIC_RELAXED);
    *fault = (enum fault)faults->kind;
    errno = *fault == NO_SPACE ? ENOSPC : *fault == READ_ONLY ? EROFS : EIO;
    return 1;
}

static int open_file(int at, const char *path, int flags, mode_t mode) {
    char absolute[PATH_MAX];
    const char *watched = at == AT_FDCWD || (path != NULL && path[0] == '/') ? below(path, absolute) : NULL;
    enum fault fault;
    if (watched == NULL) {
        int file = (int)syscall(SYS_openat, at, path, flags, mode);
        name(file, NULL);
        return file;
    }
    if (fails(OPEN, watched, &fault)) return -1;
    pthread_mutex_lock(&lock);
    struct stat before;
    int is_there = stat(watched, &before) == 0;
    int file = (int)syscall(SYS_openat, at, path, flags, mode);
    if (file >= 0) {
        name(file, watched);
        if (!is_there) note(OPEN, watched, NULL, 0, 0, NULL);
        if (is_there && (flags & O_TRUNC) != 0 && before.st_size > 0) note(TRUNCATE, watched, NULL, 0, 0, NULL);
    }
    pthread_mutex_unlock(&lock);
    return file;
}

static mode_t mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define OPEN_FUNCTION(NAME)                             \
    int NAME(const char *path, int flags, ...) {        \
        va_list arguments;                              \
        va_start(arguments, flags);                     \
        mode_t mode = mode_of(flags, arguments);        \
        va_end(arguments);                              \
        return open_file(AT_FDCWD, path, flags, mode);  \
    }
#define OPEN_AT_FUNCTION(NAME)                                  \
    int NAME(int at, const char *path, int flags, ...) {        \
        va_list arguments;                                      \
        va_start(arguments, flags);                             \
        mode_t mode = mode_of(flags, arguments);                \
        va_end(arguments);                                      \
        return open_file(at, path, flags, mode);                \
    }
OPEN_FUNCTION(open)
OPEN_FUNCTION(open64)
OPEN_AT_FUNCTION(openat)
OPEN_AT_FUNCTION(openat64)

int close(int file) {
    name(file, NULL);
    return (int)syscall(SYS_close, file);
}

static ssize_t write_file(int file, const void *bytes, size_t count, off64_t offset) {
    const char *path = path_of(file);
    enum fault fault;
    if (fails(WRITE, path, &fault)) {
        if (fault != SHORT_WRITE) return -1;
        count /= 2;
    }
    if (path == NULL || log_file < 0) {
        return offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
    }
    pthread_mutex_lock(&lock);
    off64_t place = offset < 0 ? lseek64(file, 0, SEEK_CUR) : offset;
    ssize_t written = offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
    if (written > 0) note(WRITE, path, NULL, place, written, bytes);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t write(int file, const void *bytes, size_t count) { return write_file(file, bytes, count, -1); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return write_file(file, bytes, count, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return write_file(file, bytes, count, offset); }

static int truncate_file(int file, off64_t length) {
    const char *path = path_of(file);
    enum fault fault;
    if (fails(TRUNCATE, path, &fault)) return -1;
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_ftruncate, file, length);
    if (result == 0 && path != NULL) note(TRUNCATE, path, NULL, 0, length, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int file, off_t length) { return truncate_file(file, length); }
int ftruncate64(int file, off64_t length) { return truncate_file(file, length); }

static int sync_file(int file, long number) {
    const char *path = path_of(file);
    enum fault fault;
    if (fails(SYNC, path, &fault)) return -1;
    // What others write meanwhile is not synchronized for sure: the point of time is before.
    pthread_mutex_lock(&lock);
    int result = (int)syscall(number, file);
    if (result == 0 && path != NULL) note(SYNC, path, NULL, 0, 0, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }

int rename(const char *old, const char *new) {
    char from[PATH_MAX], to[PATH_MAX];
    const char *watched = below(old, from), *target = below(new, to);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_renameat, AT_FDCWD, old, AT_FDCWD, new);
    if (result == 0 && watched != NULL && target != NULL) note(RENAME, watched, target, 0, 0, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    char absolute[PATH_MAX];
    const char *watched = below(path, absolute);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0 && watched != NULL) note(UNLINK, watched, NULL, 0, 0, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}
