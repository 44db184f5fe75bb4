/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heap is taken for which request. */
#include "heaps/selection.h"

#include "machine.h"
#include "request.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
select_heap (const char *request, const struct heap_config *config)
{
  struct parsed_request parsed;

  heap_choice_finish (&choice);
  heap_catalog_finish (&catalog);
  parse_request (request, &parsed);
  ck_assert_int_eq (heap_catalog_read (NULL, config, &catalog), 0);
  ck_assert_int_eq (heap_select (&parsed.request, &catalog, config, &choice), 0);
}

static int
open_first (void)
{
  struct heap *heap;
  size_t index;
  int r = heap_choice_open (&choice, 0, &heap, &index);

  if (r == 0)
    heap_unref (heap);
  return r;
}

/* The candidates in their order as "NAME=VERDICT", with the property of a verdict behind a ":", and the name
 * that was asked for behind a "<". process-contiguous shows where there are huge pages. */
static const char *
describe_choice (void)
{
  static const char *const verdicts[] = { "fits", "TAKEN", "closed", "absent", "invalid", "lacks", "lacks?", "has",
    "has?", "unnamed", "undefault", "unwanted", "twin", "empty" };
  static char text[4096];
  int length = 0;

  *text = '\0';
  for (size_t i = 0; i < choice.n_candidates; i++) {
    const struct heap_candidate *candidate = &choice.candidates[i];
    bool about_property = candidate->verdict >= HEAP_LACKS && candidate->verdict <= HEAP_HAS_UNKNOWN;
    if (candidate->info.backend == HEAP_BACKEND_CONTIGUOUS && candidate->info.access == -ENODATA)
      continue;
    length += snprintf (text + length, sizeof text - (size_t) length, "%s%s=%s%s%s%s%s", length > 0 ? " " : "",
        candidate->info.name, verdicts[candidate->verdict], about_property ? ":" : "",
        about_property ? heap_property_name (candidate->property) : "", *candidate->requested != '\0' ? "<" : "",
        candidate->requested);
  }
  return text;
}

#define BOARD "system;default_cma_region;reserved;video@42000000;odd;protected,secure-video"

static const struct {
  const char *heaps, *request, *expected;
} rows[] = {
  /* nothing asked for */
  { "", "", "process=TAKEN" },
  { "system", "", "system=TAKEN process=fits" },
  { "!system", "", "system=closed process=TAKEN" },
  { "qcom,system", "", "qcom,system=TAKEN process=fits" },
  { "linux,cma", "", "process=TAKEN linux,cma=undefault" },
  { BOARD, "",
      "system=TAKEN process=fits default_cma_region=undefault reserved=undefault odd=undefault "
      "video@42000000=undefault protected,secure-video=undefault" },

  /* names */
  { "system;odd", "odd", "odd=TAKEN system=unnamed process=unnamed" },
  { "system;odd", "odd system", "odd=TAKEN system=fits process=unnamed" },
  { "system;!odd", "odd system", "odd=closed system=TAKEN process=unnamed" },
  { "system;odd", "none odd", "odd=TAKEN none=absent system=unnamed process=unnamed" },
  { "system;odd", "odd odd none none", "odd=TAKEN none=absent system=unnamed process=unnamed" },
  { "system", "process", "process=TAKEN system=unnamed" },
  { "system", "none", "none=absent system=unnamed process=unnamed" },
  { "system", "../system a/b", "../system=invalid a/b=invalid system=unnamed process=unnamed" },
  { "", "system", "system=absent process=unnamed" },
  { "protected,secure-video", "protected,secure-video", "protected,secure-video=TAKEN process=unnamed" },

  /* aliases */
  { "default_cma_region", "linux,cma", "default_cma_region=TAKEN<linux,cma process=unnamed" },
  { "linux,cma", "default_cma_region", "linux,cma=TAKEN<default_cma_region process=unnamed" },
  { "linux,cma@8000000", "default_cma_region", "linux,cma@8000000=TAKEN<default_cma_region process=unnamed" },
  { "linux,cma@8000000", "reserved", "linux,cma@8000000=TAKEN<reserved process=unnamed" },
  { "default_cma_region;reserved", "reserved", "reserved=TAKEN default_cma_region=twin process=unnamed" },
  { "default_cma_region;reserved", "linux,cma", "default_cma_region=TAKEN<linux,cma reserved=twin process=unnamed" },
  { "default_cma_region", "reserved linux,cma default_cma_region",
      "default_cma_region=TAKEN<reserved process=unnamed" },
  { "default_cma_region;reserved", "reserved default_cma_region",
      "reserved=TAKEN default_cma_region=fits process=unnamed" },
  { "system", "qcom,system", "system=TAKEN<qcom,system process=unnamed" },
  { "linux,cma-uncached", "linux,cma", "linux,cma=absent linux,cma-uncached=unnamed process=unnamed" },

  /* names and properties */
  { "system", "system +contiguous", "system=lacks:contiguous process=unnamed" },
  { "odd", "odd +contiguous", "odd=lacks?:contiguous process=unnamed" },
  { "odd", "odd -protected", "odd=has?:protected process=unnamed" },
  { "odd;system", "odd system -contiguous", "system=TAKEN odd=has?:contiguous process=unnamed" },
  { "default_cma_region", "linux,cma +contiguous", "default_cma_region=TAKEN<linux,cma process=unnamed" },
  { "default_cma_region", "linux,cma -contiguous", "default_cma_region=has:contiguous<linux,cma process=unnamed" },
  { "system;default_cma_region", "system default_cma_region ~contiguous",
      "system=TAKEN default_cma_region=fits process=unnamed" },

  /* required: only yes will do */
  { BOARD, "+contiguous",
      "default_cma_region=TAKEN video@42000000=fits system=lacks:contiguous reserved=twin odd=lacks?:contiguous "
      "protected,secure-video=lacks?:contiguous process=lacks:contiguous" },
  { "system;linux,cma", "+contiguous", "linux,cma=TAKEN system=lacks:contiguous process=lacks:contiguous" },
  { "", "+contiguous", "process=lacks:contiguous" },
  { "", "+importable", "process=lacks:importable" },
  { "system", "+importable", "system=TAKEN process=lacks:importable" },
  { "system-dma32", "+dma32", "system-dma32=TAKEN process=lacks:dma32" },
  { "a@100000000;b@1000", "+dma32", "a@100000000=lacks:dma32 b@1000=lacks?:dma32 process=lacks:dma32" },
  { "system;system_cc_shared", "+decrypted", "system_cc_shared=TAKEN system=lacks:decrypted process=lacks:decrypted" },

  /* forbidden: only no will do */
  { "system;linux,cma;odd", "-contiguous", "system=TAKEN process=fits linux,cma=has:contiguous odd=has?:contiguous" },
  { "system;system-uncached", "-cacheable", "system-uncached=TAKEN system=has:cacheable process=has:cacheable" },

  /* what is known to fail counts before what is not known */
  { "vidbuf_cached", "vidbuf_cached +contiguous -cacheable", "vidbuf_cached=has:cacheable process=unnamed" },
  { "rk-dma-heap-cma", "rk-dma-heap-cma +cacheable +protected", "rk-dma-heap-cma=lacks:protected process=unnamed" },
  { "odd", "odd +contiguous -protected", "odd=lacks?:contiguous process=unnamed" },

  /* preferred: orders the rest */
  { "system;linux,cma;odd", "~contiguous", "linux,cma=TAKEN system=fits odd=fits process=fits" },
  { "system;linux,cma-uncached;cma", "~contiguous ~cacheable",
      "cma=TAKEN system=fits linux,cma-uncached=fits process=fits" },
  { "system;linux,cma", "~contiguous -contiguous", "system=TAKEN process=fits linux,cma=has:contiguous" },
  { "system;!linux,cma", "~contiguous", "linux,cma=closed system=TAKEN process=fits" },

  /* protected memory only for those who say so */
  { "protected,secure-video", "~dma32", "process=TAKEN protected,secure-video=unwanted" },
  { "protected,secure-video", "+importable", "protected,secure-video=unwanted process=lacks:importable" },
  { "system;protected,secure-video", "+protected",
      "protected,secure-video=TAKEN system=lacks:protected process=lacks:protected" },
  { "system;protected,secure-video", "~protected", "protected,secure-video=TAKEN system=fits process=fits" },
  { "protected,secure-video", "-protected", "process=TAKEN protected,secure-video=has:protected" },

  /* a second name of a region is no candidate, unless it is the only way in */
  { "default_cma_region;reserved", "+contiguous", "default_cma_region=TAKEN reserved=twin process=lacks:contiguous" },
  { "!default_cma_region;reserved", "+contiguous",
      "default_cma_region=closed reserved=TAKEN process=lacks:contiguous" },
  { "!default_cma_region;!reserved", "+contiguous",
      "default_cma_region=closed reserved=closed process=lacks:contiguous" },
  { "default_cma_region;reserved", "-contiguous",
      "process=TAKEN default_cma_region=has:contiguous reserved=has:contiguous" },
};

START_TEST (test_request_takes_expected_heap)
{
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    bool expects_one = strstr (rows[i].expected, "=TAKEN") != NULL;
    set_up_heaps (rows[i].heaps);
    select_heap (rows[i].request, NULL);
    ck_assert_uint_eq (fake_calls (FAKE_OPEN_HEAP), 0);
    ck_assert_int_eq (open_first (), expects_one ? 0 : -ENOENT);
    ck_assert_msg (strcmp (describe_choice (), rows[i].expected) == 0, "%s of %s:\n%s, not\n%s", rows[i].request,
        rows[i].heaps, describe_choice (), rows[i].expected);
  }
}
END_TEST

START_TEST (test_huge_pages_are_for_who_asks_for_contiguous_memory)
{
  static const uint64_t frames[] = { 0, 512 };

  fake_set_huge_pages (2 << 20, frames, N_ELEMENTS (frames));
  select_heap ("+contiguous", NULL);
  ck_assert_int_eq (open_first (), 0);
  ck_assert_str_eq (describe_choice (), "process-contiguous=TAKEN process=lacks:contiguous");
  select_heap ("~contiguous", NULL);
  ck_assert_str_eq (describe_choice (), "process-contiguous=fits process=fits");
  select_heap ("", NULL);
  ck_assert_str_eq (describe_choice (), "process=fits process-contiguous=undefault");
  fake_add_heap ("linux,cma");
  select_heap ("+contiguous", NULL);
  ck_assert_str_eq (describe_choice (), "linux,cma=fits process-contiguous=fits process=lacks:contiguous");
  select_heap ("process-contiguous", NULL);
  ck_assert_str_eq (describe_choice (), "process-contiguous=fits linux,cma=unnamed process=unnamed");
}
END_TEST

START_TEST (test_unopened_choice_only_says_what_fits)
{
  set_up_heaps ("!system;linux,cma");
  select_heap ("", NULL);
  ck_assert_str_eq (describe_choice (), "system=fits process=fits linux,cma=undefault");
}
END_TEST

START_TEST (test_next_heap_is_opened_after_the_one_that_failed)
{
  struct heap *heap;
  size_t index;

  set_up_heaps ("system;linux,cma;odd");
  select_heap ("linux,cma system", NULL);
  ck_assert_int_eq (heap_choice_open (&choice, 0, &heap, &index), 0);
  ck_assert_uint_eq (index, 0);
  ck_assert_str_eq (heap->info.name, "linux,cma");
  heap_unref (heap);
  ck_assert_int_eq (heap_choice_open (&choice, index + 1, &heap, &index), 0);
  ck_assert_uint_eq (index, 1);
  ck_assert_str_eq (heap->info.name, "system");
  heap_unref (heap);
  ck_assert_int_eq (heap_choice_open (&choice, index + 1, &heap, &index), -ENOENT);
  ck_assert_int_eq (heap_choice_open (&choice, choice.n_candidates, &heap, &index), -ENOENT);
}
END_TEST

START_TEST (test_choice_can_be_opened_again)
{
  set_up_heaps ("system");
  select_heap ("system", NULL);
  fake_fail (FAKE_OPEN_HEAP, 1, EMFILE);
  ck_assert_int_eq (open_first (), -ENOENT);
  ck_assert_str_eq (describe_choice (), "system=closed process=unnamed");
  ck_assert_int_eq (choice.candidates[0].error, -EMFILE);
  ck_assert_int_eq (open_first (), 0);
  ck_assert_str_eq (describe_choice (), "system=TAKEN process=unnamed");
  ck_assert_int_eq (open_first (), 0);
}
END_TEST

START_TEST (test_vanished_heap_gives_way_to_the_next)
{
  set_up_heaps ("system;odd");
  select_heap ("odd system", NULL);
  fake_remove_heap ("odd");
  ck_assert_int_eq (open_first (), 0);
  ck_assert_str_eq (describe_choice (), "odd=closed system=TAKEN process=unnamed");
  ck_assert_int_eq (choice.candidates[0].error, -ENOENT);
}
END_TEST

START_TEST (test_declarations_give_aliases_and_facts)
{
  static const char *const aliases[] = { "camera", NULL };
  static const struct heap_declaration declaration = { "odd",
    { { [HEAP_CONTIGUOUS] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, aliases, 0 };
  static const struct heap_config config = { &declaration, 1 };

  set_up_heaps ("odd");
  select_heap ("camera +contiguous", &config);
  ck_assert_int_eq (open_first (), 0);
  ck_assert_str_eq (describe_choice (), "odd=TAKEN<camera process=unnamed");
}
END_TEST

START_TEST (test_directory_and_its_error_are_kept)
{
  select_heap ("", NULL);
  ck_assert_str_eq (choice.directory, catalog.directory);
  ck_assert_int_eq (choice.directory_error, -ENOENT);
}
END_TEST

START_TEST (test_name_that_is_too_long_is_invalid_and_cut)
{
  char name[600];

  memset (name, 'a', sizeof name);
  name[sizeof name - 1] = '\0';
  select_heap (name, NULL);
  ck_assert_int_eq (choice.candidates[0].verdict, HEAP_INVALID_NAME);
  ck_assert_uint_eq (strlen (choice.candidates[0].info.name), HEAP_NAME_SIZE - 1);
}
END_TEST

static bool
accepts (const char *request, const char *name, const struct heap_config *config)
{
  const struct heap_catalog nothing = { 0 };
  struct parsed_request parsed;
  enum heap_verdict verdict;
  enum heap_property property;
  struct heap_facts facts;

  parse_request (request, &parsed);
  heap_name_facts (name, config, &facts);
  return heap_request_accepts_facts (&parsed.request, &facts, &verdict, &property) &&
         heap_request_names (&parsed.request, name, &nothing, config);
}

START_TEST (test_request_accepts_memory)
{
  static const char *const accepted[][2] = {
    { "", "system" },
    { "", "whatever" },
    { "system", "system" },
    { "odd system", "system" },
    { "linux,cma", "default_cma_region" },
    { "default_cma_region", "linux,cma@8000000" },
    { "+contiguous", "linux,cma" },
    { "-contiguous", "system" },
    { "linux,cma +contiguous", "reserved" },
    { "~contiguous", "system" },
  };
  static const char *const refused[][2] = {
    { "odd", "system" },
    { "linux,cma@8000000", "linux,cma@9000000" },
    { "+contiguous", "system" },
    { "+contiguous", "odd" },
    { "-contiguous", "odd" },
    { "-cacheable", "system" },
    { "system +contiguous", "system" },
    { "system +contiguous", "linux,cma" },
  };

  for (size_t i = 0; i < N_ELEMENTS (accepted); i++)
    ck_assert_msg (accepts (accepted[i][0], accepted[i][1], NULL), "%s: %s", accepted[i][0], accepted[i][1]);
  for (size_t i = 0; i < N_ELEMENTS (refused); i++)
    ck_assert_msg (!accepts (refused[i][0], refused[i][1], NULL), "%s: %s", refused[i][0], refused[i][1]);
}
END_TEST

START_TEST (test_request_accepts_declared_alias)
{
  static const char *const aliases[] = { "camera", NULL };
  static const struct heap_declaration declaration = { "odd", { { { 0 } } }, aliases, 0 };
  static const struct heap_config config = { &declaration, 1 };

  ck_assert (accepts ("camera", "odd", &config));
  ck_assert (accepts ("odd", "camera", &config));
  ck_assert (!accepts ("camera", "odd", NULL));
}
END_TEST

/* Memory from elsewhere comes under the one name or the other. */
START_TEST (test_request_names_what_the_catalog_knows)
{
  static const struct {
    const char *requested, *name;
    bool is_meant;
  } cases[] = {
    { "default_cma_region", "display-memory@8000000", true }, /* marked in the device tree */
    { "display-memory@8000000", "default_cma_region", true },
    { "linux,cma", "display-memory@8000000", true }, /* an alias of the one that is there */
    { "default_cma_region", "reserved", false },     /* the documented name, but another region is marked */
    { "reserved", "default_cma_region", false },
    { "reserved", "reserved", true },
    { "video@c000000", "default_cma_region", false },
    { "linux,cma", "linux,cma@9000000", true }, /* not there: the names tell */
    { "video@c000000", "absent", false },
  };
  struct parsed_request parsed;

  set_up_heaps ("default_cma_region;display-memory@8000000;reserved;video@c000000");
  fake_set_file (HEAP_DEVICE_TREE_REGIONS "/display-memory@8000000/compatible", "shared-dma-pool");
  fake_set_file (HEAP_DEVICE_TREE_REGIONS "/display-memory@8000000/linux,cma-default", "");
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  for (size_t i = 0; i < N_ELEMENTS (cases); i++) {
    parse_request (cases[i].requested, &parsed);
    ck_assert_msg (heap_request_names (&parsed.request, cases[i].name, &catalog, NULL) == cases[i].is_meant, "%s: %s",
        cases[i].requested, cases[i].name);
  }
}
END_TEST

START_TEST (test_refusal_says_why)
{
  struct heap_request request = { .required = HEAP_PROPERTY_BIT (HEAP_CONTIGUOUS) };
  enum heap_verdict verdict = HEAP_FITS;
  enum heap_property property = HEAP_N_PROPERTIES;
  struct heap_facts facts;

  heap_name_facts ("linux,cma", NULL, &facts);
  ck_assert (heap_request_accepts_facts (&request, &facts, &verdict, &property));
  ck_assert_int_eq (verdict, HEAP_FITS);
  ck_assert_int_eq (property, HEAP_N_PROPERTIES);
  heap_name_facts ("system", NULL, &facts);
  ck_assert (!heap_request_accepts_facts (&request, &facts, &verdict, &property));
  ck_assert_int_eq (verdict, HEAP_LACKS);
  ck_assert_int_eq (property, HEAP_CONTIGUOUS);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_request_takes_expected_heap,
    test_huge_pages_are_for_who_asks_for_contiguous_memory,
    test_unopened_choice_only_says_what_fits,
    test_next_heap_is_opened_after_the_one_that_failed,
    test_choice_can_be_opened_again,
    test_vanished_heap_gives_way_to_the_next,
    test_declarations_give_aliases_and_facts,
    test_directory_and_its_error_are_kept,
    test_name_that_is_too_long_is_invalid_and_cut,
    test_request_accepts_memory,
    test_request_accepts_declared_alias,
    test_request_names_what_the_catalog_knows,
    test_refusal_says_why,
  };

  return suite_run ("selection", begin_on_machine, end, tests, N_ELEMENTS (tests));
}
