/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Files of /proc and /sys on the fake machine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define FAKE_MAX_FILES 64
#define FAKE_PATH_SIZE 512
#define FAKE_TEXT_SIZE 2048

struct fake_file {
  char path[FAKE_PATH_SIZE];
  char text[FAKE_TEXT_SIZE];
};

/* Whether path is for these files, and not for the heap directory. */
bool fake_is_file_path (const char *path);

/* With the lock. */

/* fake_set_file(). */
void fake_set_file_locked (const char *path, const char *text);
/* The text of the file; NULL when there is none. */
const char *fake_find_text (const char *path);
/* Whether there is a file of that path, or below it. */
bool fake_has_path (const char *path);
/* The index-th name in the directory. False after the last. */
bool fake_find_entry (const char *directory, size_t index, char *ret_name, size_t size);
