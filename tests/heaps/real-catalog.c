/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The catalog over directories of this machine, with other devices in the place of heaps. */
#include "heaps/catalog.h"
#include "heaps/huge-pages.h"
#include "heaps/open.h"
#include "heaps/selection.h"

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static struct heap_catalog catalog;

static const char *
path_of (const char *name)
{
  static char path[512];

  snprintf (path, sizeof path, "%s/%s", directory, name);
  return path;
}

static void
add_link (const char *name, const char *target)
{
  ck_assert_int_eq (symlink (target, path_of (name)), 0);
}

static void
begin (void)
{
  strcpy (directory, "/tmp/real-catalog-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (directory));
  add_link ("system", "/dev/null");
  add_link ("linux,cma", "/dev/zero");
  add_link ("vidbuf_cached", "/dev/zero");
  add_link ("gone", "/nonexistent");
  add_link ("process", "/dev/full");
  add_link ("directory", "/dev");
  close (open (path_of ("file"), O_CREAT | O_CLOEXEC, 0600));
  ck_assert_int_eq (heap_catalog_read (directory, NULL, &catalog), 0);
}

static int
remove_entry (const char *name, void *data)
{
  return unlink (path_of (name));
}

static void
end (void)
{
  heap_catalog_finish (&catalog);
  ck_assert_int_eq (sys_list_directory (directory, remove_entry, NULL), 0);
  rmdir (directory);
}

START_TEST (test_devices_are_found_and_nothing_else)
{
  static const char *const expected[][2] = { { "system", "" }, { "linux,cma", "" }, { "vidbuf_cached", "linux,cma" },
    { "process", "" }, { "process-contiguous", "" } };

  ck_assert_int_eq (catalog.directory_error, 0);
  ck_assert_uint_eq (catalog.n_heaps, N_ELEMENTS (expected));
  for (size_t i = 0; i < N_ELEMENTS (expected); i++) {
    ck_assert_str_eq (catalog.heaps[i].name, expected[i][0]);
    ck_assert_str_eq (catalog.heaps[i].twin_of, expected[i][1]);
    if (catalog.heaps[i].backend != HEAP_BACKEND_CONTIGUOUS || huge_pages_are_there ())
      ck_assert_int_eq (catalog.heaps[i].access, 0);
    else
      ck_assert_int_eq (catalog.heaps[i].access, -ENODATA);
  }
}
END_TEST

START_TEST (test_link_knows_what_its_target_is)
{
  ck_assert_int_eq (heap_catalog_find (&catalog, "vidbuf_cached")->facts.of[HEAP_CONTIGUOUS].answer, HEAP_YES);
}
END_TEST

START_TEST (test_device_that_is_no_heap_fails_when_asked_for_memory)
{
  struct heap *heap;
  struct heap_buffer buffer;

  ck_assert_int_eq (heap_open (&catalog.heaps[0], path_of ("system"), &heap), 0);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), -ENOTTY);
  heap_unref (heap);
}
END_TEST

START_TEST (test_without_the_directory_the_process_gives_memory)
{
  struct heap_request request = { 0 };
  struct heap_catalog bare;
  struct heap_choice choice;
  struct heap_buffer buffer;
  struct heap *heap;
  size_t index;

  ck_assert_int_eq (heap_catalog_read ("/nonexistent", NULL, &bare), 0);
  ck_assert_int_eq (bare.directory_error, -ENOENT);
  ck_assert_int_eq (heap_select (&request, &bare, NULL, &choice), 0);
  ck_assert_int_eq (heap_choice_open (&choice, 0, &heap, &index), 0);
  ck_assert_str_eq (heap->info.name, "process");
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  sys_close (buffer.fd);
  heap_unref (heap);
  heap_choice_finish (&choice);
  heap_catalog_finish (&bare);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_devices_are_found_and_nothing_else,
    test_link_knows_what_its_target_is,
    test_device_that_is_no_heap_fails_when_asked_for_memory,
    test_without_the_directory_the_process_gives_memory,
  };

  return suite_run ("real-catalog", begin, end, tests, N_ELEMENTS (tests));
}
