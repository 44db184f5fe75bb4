/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heap stands in for one that is full, and which does not. */
#include "heaps/fallback.h"

#include "heaps/explain.h"
#include "machine.h"
#include "request.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define UDMABUF "/dev/udmabuf;"

static struct heap_catalog catalog;
static struct heap_choice choice;

static void
end (void)
{
  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
  end_on_machine ();
}

static void
select_heap (const char *request)
{
  struct parsed_request parsed;

  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
  parse_request (request, &parsed);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  ck_assert_int_eq (heap_select (&parsed.request, &catalog, NULL, &choice), 0);
}

/* The heaps that are taken one after the other, with " > " between them. */
static const char *
describe_chain (void)
{
  static char text[1024];
  int length = 0;
  struct heap *heap;
  size_t index;
  int r = heap_choice_open (&choice, 0, &heap, &index);

  *text = '\0';
  for (; r == 0; r = heap_choice_open_fallback (&choice, &heap, &index)) {
    ck_assert_str_eq (heap->info.name, choice.candidates[index].info.name);
    length += snprintf (text + length, sizeof text - (size_t) length, "%s%s", length > 0 ? " > " : "",
        choice.candidates[index].info.name);
    heap_unref (heap);
  }
  ck_assert_int_eq (r, -ENOENT);
  return text;
}

#define BOARD "system;default_cma_region;reserved;video@42000000;odd;protected,secure-video"

static const struct {
  const char *heaps, *request, *expected;
} rows[] = {
  /* nothing asked for: memory of the process stands in where it is a dma-buf */
  { UDMABUF "system", "", "system > process" },
  { "system", "", "system" },
  { UDMABUF BOARD, "", "system > process" },
  { "", "", "process" },

  /* names */
  { "system", "system", "system" },
  { BOARD, "default_cma_region system", "default_cma_region > system" },
  { BOARD, "video@42000000 default_cma_region system", "video@42000000 > default_cma_region > system" },
  { "system;odd", "odd system", "odd > system" },
  { "system;odd", "odd none system", "odd > system" },

  /* twins are full together, wherever the other one stands */
  { BOARD, "reserved default_cma_region", "reserved" },
  { BOARD, "reserved system default_cma_region", "reserved > system" },
  { BOARD, "system reserved default_cma_region", "system > reserved" },

  /* closed */
  { "system;!video@42000000", "video@42000000 system", "system" },
  { "system;!video@42000000", "system video@42000000", "system" },
  { "!default_cma_region;reserved;system", "default_cma_region reserved system", "reserved > system" },

  /* what is not importable, and what is */
  { "system", "system process", "system" },
  { "system", "process system", "process" },
  { UDMABUF "system", "process system", "process > system" },

  /* what the CPU may not read, or may not for all anybody knows */
  { BOARD, "system protected,secure-video", "system" },
  { BOARD, "protected,secure-video system", "protected,secure-video" },
  { "protected,secure-video;protected,trusted-ui", "protected,secure-video system protected,trusted-ui",
      "protected,secure-video > protected,trusted-ui" },
  { "system;odd", "system odd", "system" },

  /* required */
  { UDMABUF BOARD, "+contiguous", "default_cma_region > video@42000000" },
  { UDMABUF BOARD, "+importable", "system > default_cma_region > video@42000000 > process" },
  { BOARD, "default_cma_region system +contiguous", "default_cma_region" },

  /* preferred: what the first one has, the others have */
  { UDMABUF BOARD, "~contiguous", "default_cma_region > video@42000000" },
  { BOARD, "default_cma_region system ~contiguous", "default_cma_region" },
  { BOARD, "default_cma_region system ~cacheable", "default_cma_region > system" },
  { BOARD, "system default_cma_region ~contiguous", "system > default_cma_region" },
  { "rk-dma-heap-cma;system", "rk-dma-heap-cma system ~contiguous ~cacheable", "rk-dma-heap-cma" },
  { "system;rk-dma-heap-cma", "system rk-dma-heap-cma ~cacheable", "system" },
  { UDMABUF "system;linux,cma", "~contiguous -contiguous", "system > process" },
};

START_TEST (test_full_heap_gives_way_to_its_like)
{
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    const char *chain;

    set_up_heaps (rows[i].heaps);
    select_heap (rows[i].request);
    chain = describe_chain ();
    ck_assert_msg (strcmp (chain, rows[i].expected) == 0, "%s of %s: %s, not %s", rows[i].request, rows[i].heaps, chain,
        rows[i].expected);
  }
}
END_TEST

START_TEST (test_fallback_that_cannot_be_opened_gives_way_to_the_next)
{
  struct heap *heap;
  size_t index;

  set_up_heaps (BOARD);
  select_heap ("video@42000000 default_cma_region system");
  ck_assert_int_eq (heap_choice_open (&choice, 0, &heap, &index), 0);
  heap_unref (heap);
  fake_fail (FAKE_OPEN_HEAP, 1, EMFILE);
  ck_assert_int_eq (heap_choice_open_fallback (&choice, &heap, &index), 0);
  ck_assert_str_eq (heap->info.name, "system");
  heap_unref (heap);
  ck_assert_int_eq (choice.candidates[1].verdict, HEAP_CANNOT_OPEN);
  ck_assert_int_eq (choice.candidates[1].error, -EMFILE);
  ck_assert_int_eq (heap_choice_open_fallback (&choice, &heap, &index), -ENOENT);
}
END_TEST

START_TEST (test_without_a_heap_taken_there_is_no_fallback)
{
  struct heap *heap;
  size_t index;

  set_up_heaps (BOARD);
  select_heap ("system default_cma_region");
  ck_assert_int_eq (heap_choice_open_fallback (&choice, &heap, &index), -ENOENT);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_HEAP), 0);
}
END_TEST

static void
assert_explains (const char *heaps, const char *request, const char *expected)
{
  struct heap *heap;
  size_t index;
  char *text;

  set_up_heaps (heaps);
  select_heap (request);
  ck_assert_int_eq (heap_choice_open (&choice, 0, &heap, &index), 0);
  heap_unref (heap);
  text = heap_candidate_explain (&choice.candidates[1], &choice);
  ck_assert_str_eq (text, expected);
  free (text);
}

START_TEST (test_explanation_says_who_stands_in_and_why_not)
{
  assert_explains (UDMABUF "system", "", "fits, for when system has no memory left");
  assert_explains ("system", "", "fits, but is no fallback: system is importable, and this is not (how it allocates)");
  assert_explains (BOARD, "reserved default_cma_region", "fits, but is another name of reserved");
  assert_explains (BOARD, "default_cma_region system ~contiguous",
      "fits, but is no fallback: default_cma_region is contiguous, and this is not (kernel documentation)");
  assert_explains ("rk-dma-heap-cma;system", "system rk-dma-heap-cma ~cacheable",
      "fits, but is no fallback: system is cacheable, and nothing tells whether this is");
  assert_explains (BOARD, "system protected,secure-video",
      "fits, but is no fallback: system is not protected, and this is (kernel documentation)");
  assert_explains (
      BOARD, "system odd", "fits, but is no fallback: system is not protected, and nothing tells whether this is");
  assert_explains ("system;!odd", "system odd", "fits, but no permission: owner root, group root, mode 0600");
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_full_heap_gives_way_to_its_like,
    test_fallback_that_cannot_be_opened_gives_way_to_the_next,
    test_without_a_heap_taken_there_is_no_fallback,
    test_explanation_says_who_stands_in_and_why_not,
  };

  return suite_run ("fallback", begin_on_machine, end, tests, N_ELEMENTS (tests));
}
