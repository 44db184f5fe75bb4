/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The properties of a heap, and what is known about them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum heap_property
{
  HEAP_IMPORTABLE, /* its buffers are dma-bufs, which devices can import */
  HEAP_CONTIGUOUS, /* a buffer is physically contiguous */
  HEAP_CACHEABLE,  /* CPU mappings are cached */
  HEAP_PROTECTED,  /* neither the CPU nor the OS can read it */
  HEAP_DMA32,      /* all of it lies below 4 GiB */
  HEAP_DECRYPTED,  /* shared with the host in a confidential guest */
  HEAP_N_PROPERTIES,
};

/* A set of properties: bit 1u << property. */
typedef unsigned heap_property_set;
#define HEAP_PROPERTY_BIT(property) (1u << (property))

/* "Yes" is a guarantee for every buffer, "no" that there is no such guarantee. */
enum heap_answer
{
  HEAP_UNKNOWN,
  HEAP_NO,
  HEAP_YES,
};

/* Where an answer is known from; an earlier one overrides a later one. */
enum heap_source
{
  HEAP_SOURCE_NONE,       /* the answer is unknown */
  HEAP_SOURCE_CONFIG,     /* heaps.conf */
  HEAP_SOURCE_BACKEND,    /* what allocates: true of each heap it serves */
  HEAP_SOURCE_KERNEL,     /* the kernel's documentation of this heap */
  HEAP_SOURCE_VENDOR,     /* a vendor's heap, by its name as seen in the field */
  HEAP_SOURCE_CONVENTION, /* the name itself, by the kernel's naming convention */
};

struct heap_fact {
  enum heap_answer answer;
  enum heap_source source;
};

/* One fact for each property. All zero: all unknown. */
struct heap_facts {
  struct heap_fact of[HEAP_N_PROPERTIES];
};

/* The name users write: "importable", "contiguous", ... */
const char *heap_property_name (enum heap_property property);
/* The property called by the first length bytes of name. False: none is. */
bool heap_property_from_name (const char *name, size_t length, enum heap_property *ret_property);
/* "unknown", "no", "yes". */
const char *heap_answer_name (enum heap_answer answer);
/* A few words for people: "heaps.conf", "kernel documentation", ... */
const char *heap_source_name (enum heap_source source);
/* Sets a fact unless one of an overriding source is there already. */
void heap_facts_learn (
    struct heap_facts *facts, enum heap_property property, enum heap_answer answer, enum heap_source source);
