#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

/* Loaded before the C library: each fsync and fdatasync takes SLOW_FSYNC_MS longer, as on a disk behind a network. */

static void wait_longer(void) {
  const char *given = getenv("SLOW_FSYNC_MS");
  long ms = given ? atol(given) : 0;
  struct timespec time = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&time, NULL);
}

int fsync(int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_longer();
  return real(descriptor);
}

int fdatasync(int descriptor) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_longer();
  return real(descriptor);
}
