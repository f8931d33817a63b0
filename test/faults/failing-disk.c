/*
 * Stands in front of the C library: the n-th write, sync, truncation or deletion of a file under FAULT_PREFIX fails,
 * and so do FAULT_LASTS - 1 calls after it. Writes how many there were, and how many syncs of files called *.db or
 * *-wal among them, into FAULT_COUNT, a file outside of the prefix.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;
static long syncs;

static int strikes(const char *path) {
  const char *prefix = getenv("FAULT_PREFIX");
  if (prefix == NULL || strncmp(path, prefix, strlen(prefix)) != 0) return 0;
  long call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  long at = atol(getenv("FAULT_AT"));
  if (call < at || call >= at + atol(getenv("FAULT_LASTS"))) return 0;
  errno = atoi(getenv("FAULT_ERRNO"));
  return 1;
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int strikes_file(int file, int sync) {
  char link[64], path[4096];
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = saved;
  if (length < 0) return 0;
  path[length] = 0;
  const char *prefix = getenv("FAULT_PREFIX");
  int database = ends_with(path, ".db") || ends_with(path, "-wal");
  if (sync && database && prefix != NULL && strncmp(path, prefix, strlen(prefix)) == 0)
    __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);
  return strikes(path);
}

__attribute__((destructor)) static void tell(void) {
  const char *name = getenv("FAULT_COUNT");
  FILE *out = name == NULL ? NULL : fopen(name, "w");
  if (out == NULL) return;
  fprintf(out, "%ld %ld", calls, syncs);
  fclose(out);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_FILE(name, arguments, sync)            \
  {                                               \
    if (strikes_file(file, sync)) return -1;      \
    return NEXT(name) arguments;                  \
  }

ssize_t write(int file, const void *data, size_t size) ON_FILE(write, (file, data, size), 0)
ssize_t pwrite(int file, const void *data, size_t size, off_t at) ON_FILE(pwrite, (file, data, size, at), 0)
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) ON_FILE(pwrite64, (file, data, size, at), 0)
int fsync(int file) ON_FILE(fsync, (file), 1)
int fdatasync(int file) ON_FILE(fdatasync, (file), 1)
int ftruncate(int file, off_t size) ON_FILE(ftruncate, (file, size), 0)
int ftruncate64(int file, off64_t size) ON_FILE(ftruncate64, (file, size), 0)

int unlink(const char *path) {
  if (strikes(path)) return -1;
  return NEXT(unlink)(path);
}
