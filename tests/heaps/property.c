/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The names of the properties, and which facts win. */
#include "heaps/property.h"
#include "suite.h"

#include <string.h>

START_TEST (test_names_lead_back_to_properties)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    const char *name = heap_property_name (i);
    enum heap_property property = HEAP_N_PROPERTIES;
    ck_assert (heap_property_from_name (name, strlen (name), &property));
    ck_assert_int_eq (property, i);
  }
}
END_TEST

START_TEST (test_names_are_those_users_write)
{
  static const char *const names[] = { "importable", "contiguous", "cacheable", "protected", "dma32", "decrypted" };

  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++)
    ck_assert_str_eq (heap_property_name (i), names[i]);
  ck_assert_str_eq (heap_answer_name (HEAP_UNKNOWN), "unknown");
  ck_assert_str_eq (heap_answer_name (HEAP_NO), "no");
  ck_assert_str_eq (heap_answer_name (HEAP_YES), "yes");
}
END_TEST

START_TEST (test_name_must_match_whole)
{
  enum heap_property property = HEAP_N_PROPERTIES;

  ck_assert (!heap_property_from_name ("contiguou", 9, &property));
  ck_assert (!heap_property_from_name ("contiguous2", 11, &property));
  ck_assert (!heap_property_from_name ("Contiguous", 10, &property));
  ck_assert (!heap_property_from_name ("", 0, &property));
  ck_assert_int_eq (property, HEAP_N_PROPERTIES);
  ck_assert (heap_property_from_name ("dma32,protected", 5, &property));
  ck_assert_int_eq (property, HEAP_DMA32);
}
END_TEST

START_TEST (test_every_source_has_a_name)
{
  for (enum heap_source i = HEAP_SOURCE_NONE; i <= HEAP_SOURCE_CONVENTION; i++) {
    ck_assert_ptr_nonnull (heap_source_name (i));
    for (enum heap_source j = HEAP_SOURCE_NONE; j < i; j++)
      ck_assert_str_ne (heap_source_name (i), heap_source_name (j));
  }
}
END_TEST

START_TEST (test_earlier_source_overrides_later)
{
  struct heap_facts facts = { 0 };
  const struct heap_fact *fact = &facts.of[HEAP_CONTIGUOUS];

  heap_facts_learn (&facts, HEAP_CONTIGUOUS, HEAP_YES, HEAP_SOURCE_VENDOR);
  heap_facts_learn (&facts, HEAP_CONTIGUOUS, HEAP_NO, HEAP_SOURCE_CONVENTION);
  ck_assert_int_eq (fact->answer, HEAP_YES);
  ck_assert_int_eq (fact->source, HEAP_SOURCE_VENDOR);
  heap_facts_learn (&facts, HEAP_CONTIGUOUS, HEAP_NO, HEAP_SOURCE_CONFIG);
  ck_assert_int_eq (fact->answer, HEAP_NO);
  ck_assert_int_eq (fact->source, HEAP_SOURCE_CONFIG);
}
END_TEST

START_TEST (test_unknown_teaches_nothing)
{
  struct heap_facts facts = { 0 };

  heap_facts_learn (&facts, HEAP_DMA32, HEAP_UNKNOWN, HEAP_SOURCE_CONFIG);
  ck_assert_int_eq (facts.of[HEAP_DMA32].source, HEAP_SOURCE_NONE);
  heap_facts_learn (&facts, HEAP_DMA32, HEAP_YES, HEAP_SOURCE_VENDOR);
  heap_facts_learn (&facts, HEAP_DMA32, HEAP_UNKNOWN, HEAP_SOURCE_CONFIG);
  ck_assert_int_eq (facts.of[HEAP_DMA32].answer, HEAP_YES);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_names_lead_back_to_properties,
    test_names_are_those_users_write,
    test_name_must_match_whole,
    test_every_source_has_a_name,
    test_earlier_source_overrides_later,
    test_unknown_teaches_nothing,
  };

  return suite_run ("property", NULL, NULL, tests, N_ELEMENTS (tests));
}
