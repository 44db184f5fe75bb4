/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The fake machine: what it has, what is to fail, and what happened. */
#include "fake-machine.h"

#include "fake-huge.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST_DEVICE 0xfc00
#define ANY_CALL FAKE_N_CALLS

struct fake_machine fake = {
  .mutex = PTHREAD_MUTEX_INITIALIZER,
  .directory_error = ENOENT,
  .udmabuf_error = ENOENT,
  .pressure_error = ENOENT,
  .next_device = FIRST_DEVICE,
};

static const char *const call_names[FAKE_N_CALLS] = {
  [FAKE_OPEN_HEAP] = "open_heap",
  [FAKE_OPEN_UDMABUF] = "open_udmabuf",
  [FAKE_DUP] = "dup",
  [FAKE_CLOSE] = "close",
  [FAKE_HEAP_ALLOC] = "heap_alloc",
  [FAKE_PROBE_HEAP] = "probe_heap",
  [FAKE_MEMFD_CREATE] = "memfd_create",
  [FAKE_FTRUNCATE] = "ftruncate",
  [FAKE_MEMFD_CREATE_HUGE] = "memfd_create_huge",
  [FAKE_SEAL_SIZE] = "seal_size",
  [FAKE_FALLOCATE] = "fallocate",
  [FAKE_PUNCH_HOLE] = "punch_hole",
  [FAKE_UDMABUF_CREATE] = "udmabuf_create",
  [FAKE_DMABUF_SYNC] = "dmabuf_sync",
  [FAKE_DMABUF_POLL] = "dmabuf_poll",
  [FAKE_DMABUF_SET_NAME] = "dmabuf_set_name",
  [FAKE_DMABUF_EXPORTER] = "dmabuf_exporter",
  [FAKE_DMABUF_REFERENCES] = "dmabuf_references",
  [FAKE_FD_SIZE] = "fd_size",
  [FAKE_FD_INODE] = "fd_inode",
  [FAKE_FD_IDENTITY] = "fd_identity",
  [FAKE_FD_PATH] = "fd_path",
  [FAKE_MMAP] = "mmap",
  [FAKE_MUNMAP] = "munmap",
  [FAKE_DONT_FORK] = "dont_fork",
  [FAKE_PAGE_FRAME] = "page_frame",
  [FAKE_STAT_NODE] = "stat_node",
  [FAKE_STAT_FD] = "stat_fd",
  [FAKE_MAY_READ] = "may_read",
  [FAKE_READ_FILE] = "read_file",
  [FAKE_LIST_DIRECTORY] = "list_directory",
  [FAKE_OPEN_PRESSURE] = "open_pressure",
  [FAKE_PRESSURE_POLL] = "pressure_poll",
};

void
fake_lock (void)
{
  pthread_mutex_lock (&fake.mutex);
}

void
fake_unlock (void)
{
  pthread_mutex_unlock (&fake.mutex);
}

static bool
can_fail (enum fake_call call)
{
  return call != FAKE_CLOSE && call != FAKE_MUNMAP;
}

/* Counts down one failure; true when it happens now. */
static bool
happens (struct fake_failure *failure, enum fake_call call)
{
  bool concerned = failure->call == call || (failure->call == ANY_CALL && can_fail (call));

  if (!concerned || failure->error == 0)
    return false;
  return failure->countdown == 0 || --failure->countdown == 0;
}

int
fake_begin_call_locked (enum fake_call call)
{
  int error = 0;

  fake.calls[call]++;
  for (size_t i = 0; i < fake.n_failures; i++) {
    struct fake_failure *failure = &fake.failures[i];
    bool once = failure->countdown > 0;
    if (!happens (failure, call))
      continue;
    error = failure->error;
    if (once)
      failure->error = 0;
  }
  return -error;
}

int
fake_begin_call (enum fake_call call)
{
  int r;

  fake_lock ();
  r = fake_begin_call_locked (call);
  fake_unlock ();
  return r;
}

const char *
fake_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

struct fake_heap *
fake_find_heap (const char *path)
{
  for (size_t i = 0; i < fake.n_heaps; i++) {
    if (strcmp (fake.heaps[i].name, fake_base_name (path)) == 0)
      return &fake.heaps[i];
  }
  return NULL;
}

void
fake_reset (void)
{
  fake_lock ();
  fake.directory_error = fake.udmabuf_error = fake.pressure_error = ENOENT;
  fake.is_pressed = false;
  fake.n_heaps = fake.n_files = fake.n_failures = 0;
  fake.next_device = FIRST_DEVICE;
  memset (fake.calls, 0, sizeof fake.calls);
  fake.n_busy_polls = 0;
  fake.sync_starts = fake.sync_ends = fake.n_others = 0;
  fake.last_sync_flags = 0;
  *fake.last_name = '\0';
  fake_huge_reset ();
  fake_unlock ();
}

void
fake_add_heap (const char *name)
{
  fake_add_heap_full (name, 0, 0, 0, 0600, 0);
}

void
fake_add_heap_full (const char *name, uint64_t rdev, uid_t uid, gid_t gid, mode_t mode, int access_error)
{
  struct fake_heap *heap;

  fake_lock ();
  assert (fake.n_heaps < FAKE_MAX_HEAPS && strlen (name) < sizeof heap->name);
  heap = &fake.heaps[fake.n_heaps++];
  strcpy (heap->name, name);
  heap->node = (struct sys_node){ uid, gid, (mode & S_IFMT) != 0 ? mode : mode | S_IFCHR,
    rdev != 0 ? rdev : fake.next_device++ };
  heap->access_error = access_error;
  heap->capacity = SIZE_MAX;
  fake.directory_error = 0;
  fake_unlock ();
}

void
fake_remove_heap (const char *name)
{
  struct fake_heap *heap;

  fake_lock ();
  heap = fake_find_heap (name);
  assert (heap != NULL);
  *heap = fake.heaps[--fake.n_heaps];
  fake_unlock ();
}

void
fake_set_capacity (const char *name, size_t bytes)
{
  struct fake_heap *heap;

  fake_lock ();
  heap = fake_find_heap (name);
  assert (heap != NULL);
  heap->capacity = bytes;
  fake_unlock ();
}

void
fake_set_directory (int error)
{
  fake_lock ();
  fake.directory_error = error;
  fake_unlock ();
}

void
fake_set_udmabuf (int error)
{
  fake_lock ();
  fake.udmabuf_error = error;
  fake_unlock ();
}

void
fake_set_references (unsigned n_others)
{
  fake_lock ();
  fake.n_others = n_others;
  fake_unlock ();
}

void
fake_set_busy (int fd, unsigned n_polls)
{
  struct stat status;

  assert (fstat (fd, &status) == 0);
  fake_lock ();
  fake.busy_inode = status.st_ino;
  fake.n_busy_polls = n_polls;
  fake_unlock ();
}

void
fake_set_pressure (int error)
{
  fake_lock ();
  fake.pressure_error = error;
  fake_unlock ();
}

void
fake_raise_pressure (void)
{
  fake_lock ();
  fake.is_pressed = true;
  fake_unlock ();
}

/* The place of a failure that has happened is free. */
static void
arm (enum fake_call call, unsigned countdown, int error)
{
  size_t i = 0;

  assert (error > 0 && (call == ANY_CALL || can_fail (call)));
  fake_lock ();
  while (i < fake.n_failures && fake.failures[i].error != 0)
    i++;
  assert (i < FAKE_MAX_FAILURES);
  fake.failures[i] = (struct fake_failure){ call, countdown, error };
  if (i == fake.n_failures)
    fake.n_failures++;
  fake_unlock ();
}

void
fake_fail (enum fake_call call, unsigned nth, int error)
{
  assert (nth > 0);
  arm (call, nth, error);
}

void
fake_fail_every (enum fake_call call, int error)
{
  arm (call, 0, error);
}

void
fake_fail_any (unsigned nth, int error)
{
  assert (nth > 0);
  arm (ANY_CALL, nth, error);
}

unsigned
fake_armed (void)
{
  unsigned armed = 0;

  fake_lock ();
  for (size_t i = 0; i < fake.n_failures; i++)
    armed += fake.failures[i].error != 0;
  fake_unlock ();
  return armed;
}

void
fake_disarm (void)
{
  fake_lock ();
  fake.n_failures = 0;
  fake_unlock ();
}

static unsigned
get (const unsigned *count)
{
  unsigned value;

  fake_lock ();
  value = *count;
  fake_unlock ();
  return value;
}

unsigned
fake_calls (enum fake_call call)
{
  return get (&fake.calls[call]);
}

unsigned
fake_calls_total (void)
{
  unsigned calls = 0;

  for (enum fake_call i = 0; i < FAKE_N_CALLS; i++)
    calls += fake_calls (i);
  return calls;
}

unsigned
fake_sync_starts (void)
{
  return get (&fake.sync_starts);
}

unsigned
fake_sync_ends (void)
{
  return get (&fake.sync_ends);
}

uint64_t
fake_last_sync_flags (void)
{
  uint64_t flags;

  fake_lock ();
  flags = fake.last_sync_flags;
  fake_unlock ();
  return flags;
}

const char *
fake_last_name (void)
{
  return fake.last_name;
}

unsigned
fake_mappings (void)
{
  return get (&fake.mappings);
}

/* "PATH=TEXT", which is cut apart. */
static void
add_file (char *line)
{
  char *equals = strchr (line, '=');

  assert (equals != NULL);
  *equals = '\0';
  fake_set_file (line, equals + 1);
}

static void
read_files (void)
{
  const char *lines = getenv ("FAKE_FILES");
  char *list = lines != NULL ? strdup (lines) : NULL;
  char *rest = NULL;

  if (list == NULL)
    return;
  for (char *line = strtok_r (list, ";", &rest); line != NULL; line = strtok_r (NULL, ";", &rest))
    add_file (line);
  free (list);
}

__attribute__ ((constructor)) static void
read_environment (void)
{
  const char *names = getenv ("FAKE_HEAPS");
  char *list = names != NULL ? strdup (names) : NULL;
  char *rest = NULL;

  if (getenv ("FAKE_UDMABUF") != NULL)
    fake_set_udmabuf (0);
  read_files ();
  if (list == NULL)
    return;
  fake_set_directory (0);
  for (char *name = strtok_r (list, ";", &rest); name != NULL; name = strtok_r (NULL, ";", &rest))
    fake_add_heap (name);
  free (list);
}

__attribute__ ((destructor)) static void
write_report (void)
{
  const char *path = getenv ("FAKE_REPORT");
  FILE *file = path != NULL ? fopen (path, "ae") : NULL;

  if (file == NULL)
    return;
  for (enum fake_call i = 0; i < FAKE_N_CALLS; i++)
    fprintf (file, "%s %u\n", call_names[i], fake.calls[i]);
  fclose (file);
}
