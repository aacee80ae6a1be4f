/*
 * Stands between a process and the disk, for the files of one directory: fails or stalls the nth step, and records every
 * step in its order. Loaded by LD_PRELOAD; `disk.ts` is its other half.
 *
 *   FAULT_DIR      the directory, without a slash at its end; its own files only, not those of directories in it
 *   FAULT_CONTROL  a file of `struct control`, shared with the one who tests
 *   FAULT_RECORD   where to record (optional)
 *   FAULT_MARKS    what is written to this file is recorded as a mark (optional)
 *
 * A step is a creation, write, truncation, sync, removal or renaming.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, TRUNCATES = 4, NAMES = 8 };

/* Little-endian words; the same order as `control` in disk.ts. */
struct control {
  volatile uint32_t step;     /* steps so far that are in `mask`; the tester sets it back */
  volatile uint32_t at;       /* the step that fails, from 1; 0: none */
  volatile uint32_t onwards;  /* and all after it */
  volatile uint32_t error;    /* errno */
  volatile uint32_t mask;     /* kinds of steps that count */
  volatile uint32_t stall_ms; /* each sync takes so long more */
  volatile uint32_t fired;    /* how many failed */
  volatile uint32_t stalled;  /* how many syncs were stalled */
};

/* Followed by `name` bytes of name, then `length` bytes of data. Numbers in the machine's order. */
struct entry {
  uint8_t kind;   /* C create, W write, T truncate, S sync, D sync of the directory, U unlink, R rename, M mark */
  uint8_t failed;
  uint16_t name;
  uint32_t file;
  uint64_t offset;
  uint64_t length;
};

enum { NOTHING, FILE_OF_STORE, DIRECTORY, MARKS };
#define MOST 4096
static struct { uint8_t what; uint32_t file; dev_t device; ino_t inode; } fds[MOST];
static struct { ino_t inode; uint32_t file; } files[MOST];
static uint32_t file_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct control nothing, *control = &nothing;
static const char *directory, *marks;
static size_t directory_length;
static int record = -1;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open64", const char *, int, ...);
  return real(path, flags, mode);
}
static ssize_t real_write(int fd, const void *data, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, data, length);
}
static ssize_t real_pwrite(int fd, const void *data, size_t length, off_t offset) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
  return real(fd, data, length, offset);
}

__attribute__((constructor)) static void begin(void) {
  const char *dir = getenv("FAULT_DIR"), *shared = getenv("FAULT_CONTROL"), *log = getenv("FAULT_RECORD");
  marks = getenv("FAULT_MARKS");
  if (!dir || !shared) return;
  int fd = real_open(shared, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) { perror("FAULT_CONTROL"); abort(); }
  void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) { perror("FAULT_CONTROL"); abort(); }
  close(fd);
  control = map;
  if (log && (record = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) { perror("FAULT_RECORD"); abort(); }
  directory_length = strlen(dir);
  directory = dir;
}

/* The name of a file that lies in the directory, or NULL. */
static const char *name_in(const char *path) {
  if (!directory || !path || strncmp(path, directory, directory_length) != 0 || path[directory_length] != '/') return NULL;
  const char *name = path + directory_length + 1;
  return *name && !strchr(name, '/') ? name : NULL;
}

static void put(const void *data, size_t length) {
  if (length > 0 && real_write(record, data, length) != (ssize_t)length) { perror("FAULT_RECORD"); abort(); }
}

static void note(char kind, int failed, uint32_t file, uint64_t offset, const char *name, const void *data, uint64_t length) {
  if (record < 0) return;
  struct entry entry = {(uint8_t)kind, (uint8_t)failed, name ? (uint16_t)strlen(name) : 0, file, offset, length};
  put(&entry, sizeof entry);
  if (name) put(name, entry.name);
  if (data) put(data, length);
}

/* Counts a step of this kind; returns the errno it must fail with, or 0. */
static int step(uint32_t kind) {
  if (!(control->mask & kind)) return 0;
  uint32_t now = ++control->step, at = control->at;
  if (at == 0 || now < at || (now > at && !control->onwards)) return 0;
  control->fired++;
  return (int)control->error;
}

static int refuse(int error) {
  errno = error;
  return -1;
}

/* What the descriptor stands for now: closings are not all seen, but a file has its inode. */
static int what(int fd) {
  struct stat now;
  if (fd < 0 || fd >= MOST || fds[fd].what == NOTHING) return NOTHING;
  if (fstat(fd, &now) == 0 && now.st_dev == fds[fd].device && now.st_ino == fds[fd].inode) return fds[fd].what;
  return fds[fd].what = NOTHING;
}

static uint32_t file_of(ino_t inode, int created, const char *name) {
  uint32_t free_place = MOST;
  for (uint32_t place = 0; place < MOST; place++) {
    if (files[place].file == 0) { if (free_place == MOST) free_place = place; continue; }
    if (files[place].inode != inode) continue;
    if (!created) return files[place].file;
    free_place = place;
    break;
  }
  if (free_place == MOST) abort();
  files[free_place].inode = inode;
  files[free_place].file = ++file_count;
  note('C', 0, file_count, 0, name, NULL, 0);
  return file_count;
}

static int opened(const char *path, int flags, mode_t mode) {
  const char *name = name_in(path);
  int is_marks = marks && path && strcmp(path, marks) == 0, is_directory = directory && path && strcmp(path, directory) == 0;
  if (!name && !is_marks && !is_directory) {
    int fd = real_open(path, flags, mode);
    if (fd >= 0 && fd < MOST) fds[fd].what = NOTHING;
    return fd;
  }
  pthread_mutex_lock(&lock);
  int created = name && (flags & O_CREAT) && access(path, F_OK) != 0;
  int read_only_disk = name && (flags & O_ACCMODE) != O_RDONLY && control->error == EROFS && control->onwards && control->at && control->step >= control->at;
  int error = created ? step(NAMES) : read_only_disk ? EROFS : 0;
  int fd = error ? refuse(error) : real_open(path, flags, mode);
  struct stat now;
  if (fd >= 0 && fd < MOST && fstat(fd, &now) == 0) {
    fds[fd].what = name ? FILE_OF_STORE : is_marks ? MARKS : DIRECTORY;
    fds[fd].device = now.st_dev;
    fds[fd].inode = now.st_ino;
    fds[fd].file = name && record >= 0 ? file_of(now.st_ino, created, name) : 0;
    if (name && (flags & O_TRUNC) && !created) note('T', 0, fds[fd].file, 0, NULL, NULL, 0);
  }
  int kept = errno;
  pthread_mutex_unlock(&lock);
  errno = kept;
  return fd;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE_OF(flags) return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return opened(path, flags, mode); }

static ssize_t written(int fd, const void *data, size_t length, off_t offset, int at_offset) {
  if (what(fd) == NOTHING) return at_offset ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
  pthread_mutex_lock(&lock);
  ssize_t result;
  if (fds[fd].what == MARKS) {
    note('M', 0, 0, 0, NULL, data, length);
    result = real_write(fd, data, length);
  } else {
    if (!at_offset) offset = lseek(fd, 0, SEEK_CUR);
    int error = step(WRITES);
    /* A write that fails may have got half of its way. */
    size_t wanted = error ? length / 2 : length;
    result = wanted == 0 ? 0 : at_offset ? real_pwrite(fd, data, wanted, offset) : real_write(fd, data, wanted);
    if (result > 0) note('W', error != 0, fds[fd].file, (uint64_t)offset, NULL, data, (uint64_t)result);
    if (error) result = refuse(error);
  }
  int kept = errno;
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return written(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return written(fd, data, length, offset, 1); }
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  if (what(fd) == NOTHING) return real(fd, pieces, count);
  ssize_t sum = 0;
  for (int n = 0; n < count; n++) {
    ssize_t one = written(fd, pieces[n].iov_base, pieces[n].iov_len, 0, 0);
    if (one < 0) return sum > 0 ? sum : -1;
    sum += one;
  }
  return sum;
}

static void stall(void) {
  uint32_t ms = control->stall_ms;
  if (ms == 0) return;
  control->stalled++;
  struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

static int synced(int fd, const char *name) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int kind = what(fd);
  if (kind != FILE_OF_STORE && kind != DIRECTORY) return real(fd);
  stall();
  pthread_mutex_lock(&lock);
  int error = step(SYNCS);
  int result = error ? refuse(error) : real(fd);
  int kept = errno;
  note(kind == DIRECTORY ? 'D' : 'S', result != 0, fds[fd].file, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

static int truncated(int fd, off_t length) {
  REAL(int, "ftruncate64", int, off_t);
  if (what(fd) != FILE_OF_STORE) return real(fd, length);
  pthread_mutex_lock(&lock);
  int error = step(TRUNCATES);
  int result = error ? refuse(error) : real(fd, length);
  int kept = errno;
  if (result == 0) note('T', 0, fds[fd].file, (uint64_t)length, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}

int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off_t length) { return truncated(fd, length); }

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  const char *name = name_in(path);
  if (!name) return real(path);
  pthread_mutex_lock(&lock);
  int error = access(path, F_OK) == 0 ? step(NAMES) : 0;
  int result = error ? refuse(error) : real(path);
  int kept = errno;
  if (result == 0) note('U', 0, 0, 0, name, NULL, 0);
  /* A disk that was full has room then. */
  if (result == 0 && control->error == ENOSPC && strcmp(name, "forecourt.reserve") == 0) control->at = 0;
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  const char *old = name_in(from), *new = name_in(to);
  if (!old || !new) return real(from, to);
  pthread_mutex_lock(&lock);
  int error = step(NAMES);
  int result = error ? refuse(error) : real(from, to);
  int kept = errno;
  if (result == 0) note('R', 0, 0, 0, old, new, strlen(new));
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}
