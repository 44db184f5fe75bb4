/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Finds out what an fd is that somebody else has opened. */
#include "passed-heap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define UEVENT_PATH_SIZE 64
#define UEVENT_SIZE 4096
#define KERNEL_DIRECTORY "dma_heap"
#define DEVICE_NAME_KEY "DEVNAME="

/* 0 and a name, cut at the first byte of end or at the end of text, if a heap can have it. */
static int
take_name (const char *text, const char *end, char *ret_name)
{
  size_t length = strcspn (text, end);
  char name[HEAP_NAME_SIZE];

  if (length >= sizeof name)
    return -ENOTTY;
  memcpy (name, text, length);
  name[length] = '\0';
  if (!heap_name_is_valid (name))
    return -ENOTTY;
  strcpy (ret_name, name);
  return 0;
}

/* What sysfs calls the device: "dma_heap/NAME" is a heap. -ENOTTY: something else; any other: sysfs does not tell. */
static int
read_device_name (uint64_t device, char *ret_name)
{
  char path[UEVENT_PATH_SIZE], text[UEVENT_SIZE];
  const char *line;
  int r;

  snprintf (path, sizeof path, "/sys/dev/char/%u:%u/uevent", major (device), minor (device));
  r = sys_read_file (path, text, sizeof text);
  if (r < 0)
    return r == -ENOTTY ? -EIO : r;
  for (line = text; strncmp (line, DEVICE_NAME_KEY, strlen (DEVICE_NAME_KEY)) != 0; line++) {
    line = strchr (line, '\n');
    if (line == NULL)
      return -ENOTTY;
  }
  line += strlen (DEVICE_NAME_KEY);
  if (strncmp (line, KERNEL_DIRECTORY "/", strlen (KERNEL_DIRECTORY "/")) != 0)
    return -ENOTTY;
  return take_name (line + strlen (KERNEL_DIRECTORY "/"), "\n", ret_name);
}

/* Whether what stands before the name in path is the heap directory. A node may have been opened where the directory is
 * called otherwise, and a node that is bound to another path has another name there. */
static bool
is_in_directory (const char *path, const char *name, const char *directory)
{
  size_t length = (size_t) (name - path) - 1, own = strlen (KERNEL_DIRECTORY);

  if (length == strlen (directory) && memcmp (path, directory, length) == 0)
    return true;
  return length > own && path[length - own - 1] == '/' && memcmp (path + length - own, KERNEL_DIRECTORY, own) == 0;
}

static int
name_by_path (const char *path, const char *directory, char *ret_name)
{
  const char *slash = strrchr (path, '/');

  if (slash == NULL || !is_in_directory (path, slash + 1, directory))
    return -ENODATA;
  return take_name (slash + 1, "", ret_name);
}

/* The path is for people, too: without one there is "". */
static void
read_path (int fd, char *ret_path, size_t size)
{
  char path[PATH_MAX] = "";

  if (sys_fd_path (fd, path, sizeof path) < 0)
    *path = '\0';
  snprintf (ret_path, size, "%s", path);
}

static int
examine (int fd, const char *directory, struct passed_heap *passed)
{
  struct heap_info *info = &passed->info;
  char path[PATH_MAX];
  int r, probed;

  r = sys_stat_fd (fd, &info->node);
  if (r < 0)
    return r;
  read_path (fd, path, sizeof path);
  snprintf (passed->path, sizeof passed->path, "%.*s", (int) sizeof passed->path - 1, path);
  if (!S_ISCHR (info->node.mode))
    return -ENOTTY;
  r = read_device_name (info->node.device, info->name);
  if (r == -ENOTTY)
    return r;
  if (r < 0)
    r = name_by_path (path, directory, info->name);
  if (r == -ENOTTY)
    return r;
  probed = sys_probe_heap (fd);
  return probed < 0 ? probed : r;
}

void
passed_heap_examine (int fd, const char *directory, struct passed_heap *ret_passed)
{
  *ret_passed = (struct passed_heap){ .info.backend = HEAP_BACKEND_KERNEL };
  ret_passed->error = examine (fd, directory, ret_passed);
}
