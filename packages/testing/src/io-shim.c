/*
 * Put under a process by LD_PRELOAD: makes system calls on the files of an inbox fail when it is told to, and writes down
 * syncs and replies in the order in which they happen. See io-shim.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };

/* Shared with the test, through a file. */
struct control {
  volatile int32_t left;     /* the n-th call fails; -1: every call; 0: none */
  volatile int32_t kinds;
  volatile int32_t error;
  volatile int32_t failures; /* so far */
};

static struct control *control;
static const char *watched;
static int log_fd = -1;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("IO_CONTROL"), *log = getenv("IO_LOG");
  watched = getenv("IO_FILE");
  if (path != NULL) {
    int fd = open(path, O_RDWR);
    void *page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) control = page;
    close(fd);
  }
  if (log != NULL) log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_watched(int fd) {
  char link[64], path[PATH_MAX];
  if (watched == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, watched, strlen(watched)) == 0;
}

static int fails(int fd, int kind) {
  if (control == NULL || control->left == 0 || (control->kinds & kind) == 0 || !is_watched(fd)) return 0;
  if (control->left > 0 && __sync_sub_and_fetch(&control->left, 1) > 0) return 0;
  __sync_add_and_fetch(&control->failures, 1);
  errno = control->error;
  return 1;
}

static void tell(const char *line) {
  if (log_fd >= 0) syscall(SYS_write, log_fd, line, strlen(line));
}

static void look(const void *bytes, size_t length) {
  static const char ok[] = "HTTP/1.1 200";
  if (log_fd >= 0 && length >= sizeof ok - 1 && memcmp(bytes, ok, sizeof ok - 1) == 0) tell("200\n");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  return fails(fd, WRITES) ? -1 : REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  return fails(fd, WRITES) ? -1 : REAL(pwrite64)(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  look(bytes, length);
  return fails(fd, WRITES) ? -1 : REAL(write)(fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (count > 0) look(parts[0].iov_base, parts[0].iov_len);
  return REAL(writev)(fd, parts, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  if (message->msg_iovlen > 0) look(message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
  return REAL(sendmsg)(fd, message, flags);
}

int ftruncate(int fd, off_t length) {
  return fails(fd, WRITES) ? -1 : REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
  return fails(fd, WRITES) ? -1 : REAL(ftruncate64)(fd, length);
}

/* Written down when it has returned: what comes after it in the log comes after it in time. */
int fsync(int fd) {
  int result = fails(fd, SYNCS) ? -1 : REAL(fsync)(fd);
  if (is_watched(fd)) tell(result == 0 ? "sync\n" : "failed sync\n");
  return result;
}

int fdatasync(int fd) {
  int result = fails(fd, SYNCS) ? -1 : REAL(fdatasync)(fd);
  if (is_watched(fd)) tell(result == 0 ? "sync\n" : "failed sync\n");
  return result;
}
