/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Files of /proc and /sys: those that were set, and the directories above them. */
#include "fake-files.h"

#include "fake-machine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct fake_file *
find_file (const char *path)
{
  for (size_t i = 0; i < fake.n_files; i++) {
    if (strcmp (fake.files[i].path, path) == 0)
      return &fake.files[i];
  }
  return NULL;
}

/* What of the path of file stands behind "directory/"; NULL when it lies elsewhere. */
static const char *
path_below (const struct fake_file *file, const char *directory)
{
  size_t length = strlen (directory);

  if (strncmp (file->path, directory, length) != 0 || file->path[length] != '/')
    return NULL;
  return file->path + length + 1;
}

bool
fake_is_file_path (const char *path)
{
  return strncmp (path, "/proc/", 6) == 0 || strncmp (path, "/sys/", 5) == 0;
}

const char *
fake_find_text (const char *path)
{
  const struct fake_file *file = find_file (path);

  return file != NULL ? file->text : NULL;
}

bool
fake_has_path (const char *path)
{
  for (size_t i = 0; i < fake.n_files; i++) {
    if (strcmp (fake.files[i].path, path) == 0 || path_below (&fake.files[i], path) != NULL)
      return true;
  }
  return false;
}

/* Whether a file before the index-th has that directory or file of the directory in its path too. */
static bool
is_repeated (const char *directory, size_t index, const char *name, size_t length)
{
  for (size_t i = 0; i < index; i++) {
    const char *below = path_below (&fake.files[i], directory);
    if (below != NULL && strcspn (below, "/") == length && memcmp (below, name, length) == 0)
      return true;
  }
  return false;
}

bool
fake_find_entry (const char *directory, size_t index, char *ret_name, size_t size)
{
  for (size_t i = 0; i < fake.n_files; i++) {
    const char *below = path_below (&fake.files[i], directory);
    size_t length = below != NULL ? strcspn (below, "/") : 0;
    if (below == NULL || is_repeated (directory, i, below, length) || index-- > 0)
      continue;
    assert (length < size);
    snprintf (ret_name, size, "%.*s", (int) length, below);
    return true;
  }
  return false;
}

void
fake_set_file_locked (const char *path, const char *text)
{
  struct fake_file *file;

  assert (fake_is_file_path (path) && strlen (path) < FAKE_PATH_SIZE);
  file = find_file (path);
  if (text == NULL) {
    if (file != NULL)
      *file = fake.files[--fake.n_files];
  } else {
    assert (strlen (text) < FAKE_TEXT_SIZE && (file != NULL || fake.n_files < FAKE_MAX_FILES));
    if (file == NULL)
      file = &fake.files[fake.n_files++];
    strcpy (file->path, path);
    strcpy (file->text, text);
  }
}

void
fake_set_file (const char *path, const char *text)
{
  fake_lock ();
  fake_set_file_locked (path, text);
  fake_unlock ();
}
