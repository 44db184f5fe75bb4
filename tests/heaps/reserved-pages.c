/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Reserves huge pages, and gives them back. */
#include "reserved-pages.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIP 77
#define DIRECTORY "/sys/kernel/mm/hugepages"
#define SETTING "/proc/sys/vm/nr_hugepages"

/* A number of /proc/meminfo; 0 when it has no such line. */
static size_t
read_meminfo (const char *format)
{
  FILE *file = fopen ("/proc/meminfo", "re");
  char line[128];
  size_t number = 0;

  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL) {
    if (sscanf (line, format, &number) == 1)
      break;
  }
  fclose (file);
  return number;
}

size_t
reserved_pages_free (void)
{
  return read_meminfo ("HugePages_Free: %zu");
}

size_t
reserved_page_size (void)
{
  return read_meminfo ("Hugepagesize: %zu kB") * 1024;
}

static bool
write_setting (size_t n_pages)
{
  int fd = open (SETTING, O_WRONLY | O_CLOEXEC);
  bool written;

  if (fd < 0)
    return false;
  written = dprintf (fd, "%zu\n", n_pages) > 0;
  close (fd);
  return written;
}

/* Others that run this test have to wait. The lock ends with the process. */
static bool
lock (void)
{
  int fd = open (DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return fd >= 0 && flock (fd, LOCK_EX) == 0;
}

static int
skip (const char *reason)
{
  printf ("SKIP: %s\n", reason);
  return SKIP;
}

/* Signals that end the tests do not end what comes after them. */
static int
run_in_child (int (*tests) (void))
{
  static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
  int status = -1;
  pid_t pid;

  fflush (NULL);
  pid = fork ();
  if (pid == 0)
    exit (tests ());
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    signal (signals[i], SIG_IGN);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    continue;
  return WIFEXITED (status) ? WEXITSTATUS (status) : EXIT_FAILURE;
}

int
reserved_pages_run (size_t least_pages, size_t most_pages, int (*tests) (void))
{
  bool is_ours;
  int status;

  if (!lock ())
    return skip ("this kernel is without huge pages (CONFIG_HUGETLBFS)");
  is_ours = read_meminfo ("HugePages_Total: %zu") == 0;
  if (is_ours && !write_setting (most_pages))
    return skip ("no huge page is reserved, and " SETTING " cannot be written");
  if (reserved_pages_free () >= least_pages)
    status = run_in_child (tests);
  else
    status = skip ("too few huge pages are free, and no more can be reserved");
  if (is_ours)
    write_setting (0);
  return status;
}
