/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of the heaps of any kernel that has heaps is of that heap, and is what it is called. */
#include "device-test.h"
#include "heap-checks.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first ones by name. */
static const HeapCheck heaps[] = {
  { "system", "system" },
  { "process", "udmabuf" },
  { "", "system" },
  { "heap-forbid=contiguous", "system" },
};

#define N_NAMED 2

GST_START_TEST (test_memory_is_of_the_heap)
{
  heap_check_memory_is_of_the_heap (&heaps[__i__]);
}

GST_END_TEST

GST_START_TEST (test_memory_is_zero_and_keeps_what_is_written)
{
  heap_check_memory_is_zero_and_keeps_what_is_written (&heaps[__i__]);
}

GST_END_TEST

GST_START_TEST (test_upstream_writes_into_the_heap)
{
  heap_check_upstream_writes_into_the_heap (&heaps[__i__]);
}

GST_END_TEST

/* In a process of its own, as permissions are not got back. */
GST_START_TEST (test_without_permission_the_error_says_who_has_it)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0) {
    GError *error = NULL;

    if (setgid (65534) < 0 || setuid (65534) < 0)
      _exit (2);
    if (heap_check_new_allocator ("system", &error) != NULL)
      _exit (3);
    if (!g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_PERMISSION))
      _exit (4);
    if (!strstr (error->message, "owner root, group root, mode 0600") ||
        !strstr (error->message, "SUBSYSTEM==\"dma_heap\", KERNEL==\"system\""))
      _exit (5);
    _exit (0);
  }
  fail_unless_equals_int (waitpid (pid, &status, 0), pid);
  fail_unless (WIFEXITED (status));
  fail_unless_equals_int (WEXITSTATUS (status), 0);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("heaps");
  TCase *tcase = tcase_create ("heaps");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_memory_is_of_the_heap, 0, G_N_ELEMENTS (heaps));
  tcase_add_loop_test (tcase, test_memory_is_zero_and_keeps_what_is_written, 0, G_N_ELEMENTS (heaps));
  tcase_add_loop_test (tcase, test_upstream_writes_into_the_heap, 0, N_NAMED);
  tcase_add_test (tcase, test_without_permission_the_error_says_who_has_it);
  return device_test_run ("heaps", suite, argc, argv);
}
