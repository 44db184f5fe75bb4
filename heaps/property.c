/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The names of the properties, and which of two facts about one counts. */
#include "property.h"

#include <assert.h>
#include <string.h>

static const char *const property_names[HEAP_N_PROPERTIES] = {
  [HEAP_IMPORTABLE] = "importable",
  [HEAP_CONTIGUOUS] = "contiguous",
  [HEAP_CACHEABLE] = "cacheable",
  [HEAP_PROTECTED] = "protected",
  [HEAP_DMA32] = "dma32",
  [HEAP_DECRYPTED] = "decrypted",
};

static const char *const answer_names[] = {
  [HEAP_UNKNOWN] = "unknown",
  [HEAP_NO] = "no",
  [HEAP_YES] = "yes",
};

static const char *const source_names[] = {
  [HEAP_SOURCE_NONE] = "unknown",
  [HEAP_SOURCE_CONFIG] = "heaps.conf",
  [HEAP_SOURCE_BACKEND] = "how it allocates",
  [HEAP_SOURCE_KERNEL] = "kernel documentation",
  [HEAP_SOURCE_VENDOR] = "a vendor's heap of this name",
  [HEAP_SOURCE_CONVENTION] = "its name",
};

const char *
heap_property_name (enum heap_property property)
{
  assert (property < HEAP_N_PROPERTIES);
  return property_names[property];
}

bool
heap_property_from_name (const char *name, size_t length, enum heap_property *ret_property)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    if (strlen (property_names[i]) == length && memcmp (property_names[i], name, length) == 0) {
      *ret_property = i;
      return true;
    }
  }
  return false;
}

const char *
heap_answer_name (enum heap_answer answer)
{
  return answer_names[answer];
}

const char *
heap_source_name (enum heap_source source)
{
  return source_names[source];
}

void
heap_facts_learn (
    struct heap_facts *facts, enum heap_property property, enum heap_answer answer, enum heap_source source)
{
  struct heap_fact *fact = &facts->of[property];
  bool overridden = fact->source != HEAP_SOURCE_NONE && fact->source < source;

  if (answer != HEAP_UNKNOWN && !overridden)
    *fact = (struct heap_fact){ answer, source };
}
