/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Heaps by an fd that somebody else has opened. */
#include "heaps/explain.h"
#include "heaps/passed-heap.h"

#include "machine.h"
#include "request.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DEVICE 0x1234
#define DIRECTORY "/dev/dma_heap"

static int fd = -1;
static struct heap_catalog catalog;
static struct heap_choice choice;

static void
end (void)
{
  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
  if (fd >= 0)
    close (fd);
  end_on_machine ();
}

/* As a supervisor does; the directory is out of reach from then on. */
static void
pass_heap (const char *path)
{
  fake_add_heap_full (strrchr (path, '/') + 1, DEVICE, 0, 0, 0600, 0);
  fd = sys_open_heap (path);
  ck_assert_int_ge (fd, 0);
  fake_set_directory (EACCES);
}

static void
set_uevent (const char *text)
{
  char path[64];

  snprintf (path, sizeof path, "/sys/dev/char/%u:%u/uevent", major (DEVICE), minor (DEVICE));
  fake_set_file (path, text);
}

static void
select_passed (const char *request)
{
  struct parsed_request parsed;

  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
  parse_request (request, &parsed);
  parsed.request.has_fd = true;
  parsed.request.shown_fd = 3;
  ck_assert_int_eq (heap_catalog_read_with_fd (NULL, NULL, fd, &catalog), 0);
  ck_assert_int_eq (heap_select (&parsed.request, &catalog, NULL, &choice), 0);
}

/* The first candidate, which is opened if it fits. */
static void
assert_first (const char *name, enum heap_verdict verdict)
{
  struct heap *heap;
  size_t index;

  if (heap_choice_open (&choice, 0, &heap, &index) == 0)
    heap_unref (heap);
  ck_assert_str_eq (choice.candidates[0].info.name, name);
  ck_assert_int_eq (choice.candidates[0].verdict, verdict);
}

START_TEST (test_name_and_properties_are_those_of_the_path)
{
  pass_heap (DIRECTORY "/linux,cma");
  select_passed ("+contiguous +importable -protected");
  assert_first ("linux,cma", HEAP_TAKEN);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_HEAP), 1); /* the supervisor's */
}
END_TEST

/* A container may bind a node to any path. */
START_TEST (test_sysfs_knows_better_than_the_path)
{
  pass_heap ("/run/contiguous-heap");
  set_uevent ("MAJOR=18\nMINOR=52\nDEVNAME=dma_heap/system\n");
  select_passed ("");
  assert_first ("system", HEAP_TAKEN);
  select_passed ("+contiguous");
  assert_first ("system", HEAP_LACKS);
}
END_TEST

START_TEST (test_a_path_elsewhere_tells_nothing)
{
  struct passed_heap passed;

  pass_heap ("/run/contiguous-heap");
  passed_heap_examine (fd, DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -ENODATA);
  ck_assert_str_eq (passed.path, "/run/contiguous-heap");
  passed_heap_examine (fd, "/run", &passed);
  ck_assert_int_eq (passed.error, 0);
  ck_assert_str_eq (passed.info.name, "contiguous-heap");
}
END_TEST

START_TEST (test_another_device_is_no_heap)
{
  const char *uevents[] = { "DEVNAME=null\n", "MAJOR=1\n", "DEVNAME=dma_heap/\n", "DEVNAME=dma_heap/a/b\n", "" };
  struct passed_heap passed;

  pass_heap (DIRECTORY "/system");
  for (size_t i = 0; i < N_ELEMENTS (uevents); i++) {
    set_uevent (uevents[i]);
    passed_heap_examine (fd, DIRECTORY, &passed);
    ck_assert_int_eq (passed.error, -ENOTTY);
  }
  fake_fail (FAKE_PROBE_HEAP, 1, ENOTTY);
  set_uevent ("DEVNAME=dma_heap/system\n");
  passed_heap_examine (fd, DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -ENOTTY);
}
END_TEST

/* Of real fds. */
START_TEST (test_what_is_no_device_is_no_heap)
{
  struct passed_heap passed;
  int ends[2];

  ck_assert_int_eq (pipe (ends), 0);
  passed_heap_examine (ends[0], DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -ENOTTY);
  ck_assert_int_eq (strncmp (passed.path, "pipe:", 5), 0);
  close (ends[0]);
  close (ends[1]);
  passed_heap_examine (ends[0], DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -EBADF);
}
END_TEST

START_TEST (test_every_call_that_fails_is_told)
{
  struct passed_heap passed;

  pass_heap (DIRECTORY "/system");
  fake_fail (FAKE_STAT_FD, 1, EIO);
  passed_heap_examine (fd, DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -EIO);
  fake_fail (FAKE_PROBE_HEAP, 1, EPERM);
  passed_heap_examine (fd, DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -EPERM);
  fake_fail (FAKE_FD_PATH, 1, EACCES);
  passed_heap_examine (fd, DIRECTORY, &passed);
  ck_assert_int_eq (passed.error, -ENODATA);
  fake_fail (FAKE_DUP, 1, EMFILE);
  select_passed ("");
  assert_first ("system", HEAP_CANNOT_OPEN);
}
END_TEST

/* One of two names of a region, neither of which may be opened. */
static void
pass_twin (void)
{
  fake_add_heap_full ("reserved", DEVICE, 0, 0, 0600, 0);
  fd = sys_open_heap (DIRECTORY "/reserved");
  fake_remove_heap ("reserved");
  fake_add_heap_full ("reserved", DEVICE, 0, 0, 0600, EACCES);
  fake_add_heap_full ("default_cma_region", 0, 0, 0, 0600, EACCES);
}

START_TEST (test_a_heap_that_is_seen_and_closed_is_opened_by_the_fd)
{
  pass_twin ();
  select_passed ("+contiguous");
  assert_first ("reserved", HEAP_TAKEN);
  ck_assert_uint_eq (catalog.n_heaps, 4);
}
END_TEST

/* Its twin's name is one of its names. */
START_TEST (test_names_have_to_be_true_of_it)
{
  pass_twin ();
  select_passed ("default_cma_region");
  assert_first ("reserved", HEAP_TAKEN);
  select_passed ("system");
  assert_first ("reserved", HEAP_NOT_NAMED);
}
END_TEST

/* As memory is judged that comes from elsewhere. */
START_TEST (test_only_memory_of_that_heap_is_meant)
{
  struct heap_request request = { .has_fd = true };

  pass_twin ();
  fake_add_heap ("system");
  select_passed ("");
  ck_assert (heap_request_names (&request, "reserved", &catalog, NULL));
  ck_assert (heap_request_names (&request, "default_cma_region", &catalog, NULL));
  ck_assert (!heap_request_names (&request, "system", &catalog, NULL));
  ck_assert (!heap_request_names (&request, "udmabuf", &catalog, NULL));
}
END_TEST

START_TEST (test_no_other_heap_is_taken)
{
  fake_add_heap ("system");
  fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  select_passed ("");
  assert_first ("file descriptor 3", HEAP_NO_HEAP);
  for (size_t i = 1; i < choice.n_candidates; i++)
    ck_assert_int_eq (choice.candidates[i].verdict, HEAP_NOT_NAMED);
}
END_TEST

START_TEST (test_explanation_says_what_the_fd_is)
{
  char *text;

  fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  select_passed ("");
  text = heap_choice_explain (&choice);
  ck_assert_ptr_nonnull (strstr (text, "file descriptor 3: opened as /dev/null, no node of a heap\n"));
  ck_assert_ptr_null (strstr (text, "/dev/dma_heap"));
  ck_assert_ptr_null (strstr (text, "Heaps on this machine"));
  free (text);
  close (fd);
  pass_heap ("/run/h");
  select_passed ("");
  text = heap_choice_explain (&choice);
  ck_assert_ptr_nonnull (strstr (text, "file descriptor 3: opened as /run/h, a heap, and nothing tells which: "));
  free (text);
}
END_TEST

START_TEST (test_explanation_says_that_it_was_passed)
{
  struct heap *heap;
  size_t index;
  char *text;

  pass_heap (DIRECTORY "/system");
  select_passed ("");
  ck_assert_int_eq (heap_choice_open (&choice, 0, &heap, &index), 0);
  text = heap_choice_explain (&choice);
  ck_assert_int_eq (strncmp (text, "system: taken (the file descriptor that was passed)\n", 51), 0);
  free (text);
  heap_unref (heap);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_name_and_properties_are_those_of_the_path,
    test_sysfs_knows_better_than_the_path,
    test_a_path_elsewhere_tells_nothing,
    test_another_device_is_no_heap,
    test_what_is_no_device_is_no_heap,
    test_every_call_that_fails_is_told,
    test_a_heap_that_is_seen_and_closed_is_opened_by_the_fd,
    test_names_have_to_be_true_of_it,
    test_only_memory_of_that_heap_is_meant,
    test_no_other_heap_is_taken,
    test_explanation_says_what_the_fd_is,
    test_explanation_says_that_it_was_passed,
  };

  return suite_run ("passed-heap", begin_on_machine, end, tests, N_ELEMENTS (tests));
}
