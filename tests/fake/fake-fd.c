/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Fds of fakes: making them, and finding them again. */
#include "fake-fd.h"

#include "fake-sys.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINK_BEGIN "/memfd:"
#define LINK_END " (deleted)"

static const char *const kinds[] = { FAKE_BUFFER, FAKE_NODE, FAKE_MEMFD, FAKE_UDMABUF, FAKE_HUGE, FAKE_PRESSURE };

int
fake_fd_create (const char *kind, const char *name)
{
  char link[PATH_MAX];
  int fd;

  if (snprintf (link, sizeof link, "%s%s", kind, name) >= (int) sizeof link)
    return -ENAMETOOLONG;
  fd = memfd_create (link, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd < 0 ? -errno : fd;
}

int
fake_fd_create_buffer (const char *heap_name, size_t size)
{
  int fd = fake_fd_create (FAKE_BUFFER, heap_name);
  int error;

  if (fd < 0)
    return fd;
  if (ftruncate (fd, (off_t) size) == 0 && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    return fd;
  error = errno;
  close (fd);
  return -error;
}

static bool
begins_with (const char *text, const char *begin)
{
  return strncmp (text, begin, strlen (begin)) == 0;
}

/* The name that the memfd was made with. False when fd is none. */
static bool
read_memfd_name (int fd, char *ret_name, size_t size)
{
  char path[64], link[PATH_MAX];
  ssize_t length;
  char *end;

  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  length = readlink (path, link, sizeof link - 1);
  if (length < (ssize_t) strlen (LINK_BEGIN LINK_END))
    return false;
  link[length] = '\0';
  end = link + length - strlen (LINK_END);
  if (!begins_with (link, LINK_BEGIN) || strcmp (end, LINK_END) != 0)
    return false;
  *end = '\0';
  return snprintf (ret_name, size, "%s", link + strlen (LINK_BEGIN)) < (int) size;
}

bool
fake_fd_name (int fd, const char *kind, char *ret_name, size_t size)
{
  char name[PATH_MAX];

  if (!read_memfd_name (fd, name, sizeof name) || !begins_with (name, kind))
    return false;
  return snprintf (ret_name, size, "%s", name + strlen (kind)) < (int) size;
}

/* Calls each with every memfd of this process and its name. */
static void
for_each_memfd (void (*each) (int fd, const char *name, void *data), void *data)
{
  DIR *directory = opendir ("/proc/self/fd");
  char name[PATH_MAX];
  struct dirent *entry;

  assert (directory != NULL);
  while ((entry = readdir (directory)) != NULL) {
    if (*entry->d_name != '.' && read_memfd_name (atoi (entry->d_name), name, sizeof name))
      each (atoi (entry->d_name), name, data);
  }
  closedir (directory);
}

struct count {
  uint64_t inode;
  unsigned n;
};

static void
count_inode (int fd, const char *name, void *data)
{
  struct count *count = data;
  struct stat status;

  if (fstat (fd, &status) == 0 && status.st_ino == count->inode)
    count->n++;
}

unsigned
fake_fd_count (uint64_t inode)
{
  struct count count = { .inode = inode };

  for_each_memfd (count_inode, &count);
  return count.n;
}

struct usage {
  const char *heap_name;
  size_t bytes;
  unsigned n_fds;
  ino_t inodes[4096];
  size_t n_inodes;
};

/* A buffer takes memory once, however often its fd was duplicated. */
static void
add_usage (int fd, const char *name, void *data)
{
  struct usage *usage = data;
  struct stat status;

  if (!begins_with (name, FAKE_BUFFER) || strcmp (name + strlen (FAKE_BUFFER), usage->heap_name) != 0)
    return;
  if (fstat (fd, &status) < 0)
    return;
  usage->n_fds++;
  for (size_t i = 0; i < usage->n_inodes; i++) {
    if (usage->inodes[i] == status.st_ino)
      return;
  }
  assert (usage->n_inodes < sizeof usage->inodes / sizeof usage->inodes[0]);
  usage->inodes[usage->n_inodes++] = status.st_ino;
  usage->bytes += (size_t) status.st_size;
}

size_t
fake_fd_usage (const char *heap_name)
{
  struct usage usage = { .heap_name = heap_name };

  for_each_memfd (add_usage, &usage);
  return usage.bytes;
}

unsigned
fake_open_buffers (const char *heap_name)
{
  struct usage usage = { .heap_name = heap_name };

  for_each_memfd (add_usage, &usage);
  return usage.n_fds;
}

static void
count_fake (int fd, const char *name, void *data)
{
  unsigned *count = data;

  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    *count += begins_with (name, kinds[i]);
}

unsigned
fake_open_fds (void)
{
  unsigned count = 0;

  for_each_memfd (count_fake, &count);
  return count;
}

bool
fake_heap_of (int fd, char *ret_name, size_t size)
{
  return fake_fd_name (fd, FAKE_BUFFER, ret_name, size);
}
