/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Every allocation of the core fails once, and nothing is left behind. The linker leads the core's calls of the C
 * library to the __wrap_ functions here. */
#include "heaps/contiguous-heap.h"
#include "heaps/explain.h"
#include "heaps/open.h"

#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned countdown; /* 0: nothing fails */

void *__real_calloc (size_t n, size_t size);
void *__real_reallocarray (void *old, size_t n, size_t size);
char *__real_strdup (const char *text);
FILE *__real_open_memstream (char **ret_text, size_t *ret_size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_reallocarray (void *old, size_t n, size_t size);
char *__wrap_strdup (const char *text);
FILE *__wrap_open_memstream (char **ret_text, size_t *ret_size);

static bool
fails (void)
{
  return countdown > 0 && --countdown == 0;
}

void *
__wrap_calloc (size_t n, size_t size)
{
  return fails () ? NULL : __real_calloc (n, size);
}

void *
__wrap_reallocarray (void *old, size_t n, size_t size)
{
  return fails () ? NULL : __real_reallocarray (old, n, size);
}

char *
__wrap_strdup (const char *text)
{
  return fails () ? NULL : __real_strdup (text);
}

FILE *
__wrap_open_memstream (char **ret_text, size_t *ret_size)
{
  return fails () ? NULL : __real_open_memstream (ret_text, ret_size);
}

/* Explains a choice twice over. */
static int
explain (const struct heap_choice *choice)
{
  char *line = heap_candidate_explain (&choice->candidates[0], choice);
  char *text = line != NULL ? heap_choice_explain (choice) : NULL;
  int r = text != NULL ? 0 : -ENOMEM;

  free (text);
  free (line);
  return r;
}

/* Opens the only heap that fits; a failure to is no error of heap_choice_open(). */
static int
open_and_explain (struct heap_choice *choice)
{
  struct heap *heap;
  size_t index;
  int r = heap_choice_open (choice, 0, &heap, &index);

  if (r < 0)
    return choice->candidates[0].error;
  heap_unref (heap);
  return explain (choice);
}

/* From the catalog to the text, with the heap of that name. */
static int
live (const char *name)
{
  struct heap_request request = { .names = &name, .n_names = 1 };
  struct heap_catalog catalog;
  struct heap_choice choice;
  int r;

  r = heap_catalog_read (NULL, NULL, &catalog);
  if (r < 0)
    return r;
  r = heap_select (&request, &catalog, NULL, &choice);
  if (r == 0) {
    r = open_and_explain (&choice);
    heap_choice_finish (&choice);
  }
  heap_catalog_finish (&catalog);
  return r;
}

static void
assert_every_failure_is_reported (const char *name)
{
  unsigned n = 1, left;
  int r;

  for (countdown = n; (r = live (name)) < 0; countdown = ++n) {
    ck_assert_int_eq (r, -ENOMEM);
    ck_assert_uint_eq (countdown, 0);
    ck_assert_uint_eq (fake_open_fds (), 0);
  }
  /* Check allocates too. */
  left = countdown;
  countdown = 0;
  ck_assert_uint_eq (left, 1);
  /* Of the catalog, its directory and "process"; of the choice, its directory and candidates; a heap; two texts. */
  ck_assert_uint_gt (n, 7);
}

START_TEST (test_running_out_of_memory_with_kernel_heaps_leaves_nothing)
{
  fake_add_heap ("system");
  fake_add_heap ("linux,cma");
  assert_every_failure_is_reported ("system");
}
END_TEST

START_TEST (test_running_out_of_memory_with_the_process_heap_leaves_nothing)
{
  fake_add_heap ("system");
  fake_set_udmabuf (0);
  assert_every_failure_is_reported ("process");
}
END_TEST

START_TEST (test_fd_stays_the_callers_when_memory_runs_out)
{
  struct heap_info info = { .name = "system" };
  struct heap *heap = NULL;
  int fd;

  fake_add_heap ("system");
  fd = sys_open_heap ("/dev/dma_heap/system");
  countdown = 1;
  ck_assert_int_eq (heap_open_fd (&info, fd, &heap), -ENOMEM);
  ck_assert_ptr_null (heap);
  ck_assert_uint_eq (fake_open_fds (), 1);
  sys_close (fd);
}
END_TEST

/* Its regions, its ranges, and what it knows of each buffer. */
static int
live_in_huge_pages (void)
{
  struct heap_info info = { .name = HEAP_CONTIGUOUS_NAME, .backend = HEAP_BACKEND_CONTIGUOUS };
  struct heap_buffer buffers[3];
  struct heap *heap;
  size_t n = 0;
  int r = contiguous_heap_new (&info, &heap);

  if (r < 0)
    return r;
  while (n < N_ELEMENTS (buffers) && r == 0) {
    r = heap_alloc (heap, 3 * HUGE_PAGE, &buffers[n]);
    n += r == 0;
  }
  for (size_t i = 0; i < n; i++)
    heap_free (heap, &buffers[i]);
  heap_unref (heap);
  return r;
}

START_TEST (test_running_out_of_memory_with_huge_pages_leaves_nothing)
{
  unsigned n, left = 0;

  for (n = 1; left == 0; n++) {
    int r;
    set_pages_by (16, -1);
    countdown = n;
    r = live_in_huge_pages ();
    left = countdown;
    countdown = 0;
    ck_assert_int_eq (r, left > 0 ? 0 : -ENOMEM);
    ck_assert_uint_eq (fake_open_fds (), 0);
    ck_assert_uint_eq (fake_mappings (), 0);
    ck_assert_uint_eq (fake_huge_pages_taken (), 0);
  }
  /* The heap, its ranges; three buffers; twice a region, its pages and its runs. */
  ck_assert_uint_gt (n, 11);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_running_out_of_memory_with_kernel_heaps_leaves_nothing,
    test_running_out_of_memory_with_the_process_heap_leaves_nothing,
    test_running_out_of_memory_with_huge_pages_leaves_nothing,
    test_fd_stays_the_callers_when_memory_runs_out,
  };

  return suite_run ("out-of-memory", begin_on_machine, end_on_machine, tests, N_ELEMENTS (tests));
}
