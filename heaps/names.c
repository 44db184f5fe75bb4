/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The one place that knows heaps by name. */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LENGTH_MAX 255
#define SEPARATORS "-_,@"
#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

enum
{
  CONTIGUOUS = HEAP_PROPERTY_BIT (HEAP_CONTIGUOUS),
  CACHEABLE = HEAP_PROPERTY_BIT (HEAP_CACHEABLE),
  PROTECTED = HEAP_PROPERTY_BIT (HEAP_PROTECTED),
  DMA32 = HEAP_PROPERTY_BIT (HEAP_DMA32),
  DECRYPTED = HEAP_PROPERTY_BIT (HEAP_DECRYPTED),
};

/* "No" stands where the field makes sure of it, as where it maps the heap's buffers for the CPU. A
 * property that is in neither set is unknown. */
struct known_heap {
  const char *name;
  heap_property_set yes;
  heap_property_set no;
};

/* Linux, Documentation/userspace-api/dma-buf-heaps.rst. */
static const struct known_heap kernel_heaps[] = {
  { "system", CACHEABLE, CONTIGUOUS | PROTECTED | DMA32 | DECRYPTED },
  /* Linux 7: only in a confidential guest. */
  { "system_cc_shared", CACHEABLE | DECRYPTED, CONTIGUOUS | PROTECTED | DMA32 },
  /* Where a CMA region lies is up to the board, hence nothing about dma32. */
  { "default_cma_region", CONTIGUOUS | CACHEABLE, PROTECTED | DECRYPTED },
  { "reserved", CONTIGUOUS | CACHEABLE, PROTECTED | DECRYPTED },
  { "linux,cma", CONTIGUOUS | CACHEABLE, PROTECTED | DECRYPTED },
  { "default-pool", CONTIGUOUS | CACHEABLE, PROTECTED | DECRYPTED },
  /* Offered by TEE drivers: drivers/tee/tee_heap.c. */
  { "protected,secure-video", PROTECTED, DECRYPTED },
  { "protected,secure-video-record", PROTECTED, DECRYPTED },
  { "protected,trusted-ui", PROTECTED, DECRYPTED },
};

/* A heap for each reusable shared-dma-pool region, under its device-tree node
 * name: REGION@ADDRESS. Same document. */
static const struct known_heap node_name_heap = { NULL, CONTIGUOUS | CACHEABLE, PROTECTED | DECRYPTED };

static const struct known_heap vendor_heaps[] = {
  /* Qualcomm: gst-plugins-imsdk, gst-plugin-base/gst/allocators/gstqtiallocator.c */
  { "qcom,system", CACHEABLE, CONTIGUOUS | PROTECTED | DMA32 },
  { "system-secure", PROTECTED, 0 },
  /* Android: libdmabufheap, BufferAllocator.cpp; Rockchip as below */
  { "system-uncached", 0, CONTIGUOUS | CACHEABLE | PROTECTED | DMA32 },
  /* Rockchip: mpp, osal/allocator/allocator_dma_heap.c, and the table of eight in its kernel driver kmpp */
  { "system-dma32", CACHEABLE | DMA32, CONTIGUOUS | PROTECTED },
  { "system-uncached-dma32", DMA32, CONTIGUOUS | CACHEABLE | PROTECTED },
  { "cma", CONTIGUOUS | CACHEABLE, PROTECTED },
  { "cma-dma32", CONTIGUOUS | CACHEABLE | DMA32, PROTECTED },
  { "cma-uncached", CONTIGUOUS, CACHEABLE | PROTECTED },
  { "cma-uncached-dma32", CONTIGUOUS | DMA32, CACHEABLE | PROTECTED },
  /* Rockchip: mpp issue 700; a CMA region of its own, and nothing tells whether it is cached */
  { "rk-dma-heap-cma", CONTIGUOUS, PROTECTED },
  /* NXP: libimxdmabuffer, README; the second in its Android, where "reserved" is the CMA heap */
  { "linux,cma-uncached", CONTIGUOUS, CACHEABLE | PROTECTED },
  { "reserved-uncached", CONTIGUOUS, CACHEABLE | PROTECTED },
  /* Raspberry Pi: rpicam-apps, core/dma_heaps.cpp; a symbolic link of udev, to a
   * CMA heap on some boards and to "system" on others */
  { "vidbuf_cached", CACHEABLE, PROTECTED },
  /* Hailo: hailort, its command line tool; the CMA region of the media pipeline */
  { "hailo_media_buf,cma", CONTIGUOUS, PROTECTED },
  /* MediaTek: ChromeOS minigbm, and the restricted heaps of 2024 on linux-media; what the TEE
   * hands out of a region need not be contiguous */
  { "restricted_mtk_cma", PROTECTED, 0 },
  { "restricted_mtk_cm", PROTECTED, 0 },
};

/* Names of the default CMA region, today's first: Linux 6.17 gave it the first, before
 * it had one of the others. */
static const char *const default_cma_names[] = { HEAP_DEFAULT_REGION_NAME, "reserved", "linux,cma", "default-pool" };

/* Same kind of memory; Qualcomm's own programs take the one for the other. */
static const char *const system_names[] = { HEAP_SYSTEM_NAME, "qcom,system" };

static bool
equal (const char *a, const char *b)
{
  return strcmp (a, b) == 0;
}

bool
heap_name_is_valid (const char *name)
{
  size_t length = strlen (name);

  if (length == 0 || length > NAME_LENGTH_MAX || equal (name, ".") || equal (name, ".."))
    return false;
  for (size_t i = 0; i < length; i++) {
    if ((unsigned char) name[i] < ' ' || name[i] == 0x7f || name[i] == '/')
      return false;
  }
  return true;
}

static bool
name_has_part (const char *name, const char *part)
{
  size_t length;

  for (;; name += length + 1) {
    length = strcspn (name, SEPARATORS);
    if (length == strlen (part) && memcmp (name, part, length) == 0)
      return true;
    if (name[length] == '\0')
      return false;
  }
}

/* Looks for "@" and an address behind a region of at least one character. The address ends
 * where a part does: strchr() finds the terminating NUL too. */
static void
parse_address (const char *name, struct heap_name_parts *parts)
{
  const char *at = strrchr (name, '@');
  size_t n_digits;
  uint64_t address;

  if (at == NULL || at == name)
    return;
  n_digits = strspn (at + 1, "0123456789abcdefABCDEF");
  if (n_digits == 0 || strchr (SEPARATORS, at[1 + n_digits]) == NULL)
    return;
  errno = 0;
  address = strtoull (at + 1, NULL, 16);
  if (errno != 0)
    return;
  parts->region_length = (size_t) (at - name);
  parts->has_address = true;
  parts->address = address;
  parts->is_node_name = at[1 + n_digits] == '\0';
}

void
heap_name_parse (const char *name, struct heap_name_parts *ret_parts)
{
  *ret_parts = (struct heap_name_parts){
    .region = name,
    .region_length = strlen (name),
    .contiguous = name_has_part (name, heap_property_name (HEAP_CONTIGUOUS)),
    .is_protected = name_has_part (name, heap_property_name (HEAP_PROTECTED)),
  };
  parse_address (name, ret_parts);
}

/* The place of name in default_cma_names, with or without an address behind
 * it; their number when it is none of them. */
static size_t
default_cma_index (const struct heap_name_parts *parts)
{
  size_t i;

  for (i = 0; i < N_ELEMENTS (default_cma_names); i++) {
    bool same = strlen (default_cma_names[i]) == parts->region_length &&
                memcmp (default_cma_names[i], parts->region, parts->region_length) == 0;
    if (same && parts->has_address == parts->is_node_name)
      break;
  }
  return i;
}

static bool
is_default_cma (const struct heap_name_parts *parts)
{
  return default_cma_index (parts) < N_ELEMENTS (default_cma_names);
}

bool
heap_names_share_region (const char *a, const char *b)
{
  struct heap_name_parts parts_a, parts_b;

  heap_name_parse (a, &parts_a);
  heap_name_parse (b, &parts_b);
  if (parts_a.has_address && parts_b.has_address && parts_a.address != parts_b.address)
    return false;
  return is_default_cma (&parts_a) && is_default_cma (&parts_b);
}

bool
heap_name_is_default_region (const char *name)
{
  struct heap_name_parts parts;

  heap_name_parse (name, &parts);
  return is_default_cma (&parts);
}

bool
heap_name_is_documented (const char *name)
{
  for (size_t i = 0; i < N_ELEMENTS (kernel_heaps); i++) {
    if (equal (kernel_heaps[i].name, name))
      return true;
  }
  return false;
}

unsigned
heap_name_rank (const char *name)
{
  struct heap_name_parts parts;

  if (equal (name, HEAP_SYSTEM_NAME))
    return 0;
  heap_name_parse (name, &parts);
  return 1 + (unsigned) default_cma_index (&parts);
}

static void
learn_known (struct heap_facts *facts, const struct known_heap *known, enum heap_source source)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    if (known->yes & HEAP_PROPERTY_BIT (i))
      heap_facts_learn (facts, i, HEAP_YES, source);
    else if (known->no & HEAP_PROPERTY_BIT (i))
      heap_facts_learn (facts, i, HEAP_NO, source);
  }
}

static void
learn_listed (
    struct heap_facts *facts, const char *name, const struct known_heap *list, size_t n, enum heap_source source)
{
  for (size_t i = 0; i < n; i++) {
    if (equal (list[i].name, name))
      learn_known (facts, &list[i], source);
  }
}

static void
learn_convention (struct heap_facts *facts, const struct heap_name_parts *parts)
{
  if (parts->contiguous)
    heap_facts_learn (facts, HEAP_CONTIGUOUS, HEAP_YES, HEAP_SOURCE_CONVENTION);
  if (parts->is_protected)
    heap_facts_learn (facts, HEAP_PROTECTED, HEAP_YES, HEAP_SOURCE_CONVENTION);
  if (parts->has_address && parts->address > UINT32_MAX)
    heap_facts_learn (facts, HEAP_DMA32, HEAP_NO, HEAP_SOURCE_CONVENTION);
}

static bool
lists_alias (const struct heap_declaration *declaration, const char *name)
{
  for (const char *const *alias = declaration->aliases; alias != NULL && *alias != NULL; alias++) {
    if (equal (*alias, name))
      return true;
  }
  return false;
}

static bool
is_declared_alias (const struct heap_declaration *declaration, const char *name)
{
  return lists_alias (declaration, name) || heap_names_share_region (declaration->name, name);
}

static void
learn_declaration (struct heap_facts *facts, const struct heap_declaration *declaration)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++)
    heap_facts_learn (facts, i, declaration->facts.of[i].answer, HEAP_SOURCE_CONFIG);
}

/* Of the declarations for which concerns() says so. */
static void
learn_declared (struct heap_facts *facts, const char *name, const struct heap_config *config,
    bool (*concerns) (const struct heap_declaration *declaration, const char *name))
{
  for (size_t i = 0; config != NULL && i < config->n_declarations; i++) {
    if (concerns (&config->declarations[i], name))
      learn_declaration (facts, &config->declarations[i]);
  }
  /* What is declared of the very name comes last, so that it counts. */
  for (size_t i = 0; config != NULL && i < config->n_declarations; i++) {
    if (equal (config->declarations[i].name, name))
      learn_declaration (facts, &config->declarations[i]);
  }
}

/* Behind what is declared. */
static void
learn_known_by_name (struct heap_facts *facts, const char *name)
{
  struct heap_name_parts parts;

  heap_name_parse (name, &parts);
  learn_listed (facts, name, kernel_heaps, N_ELEMENTS (kernel_heaps), HEAP_SOURCE_KERNEL);
  if (parts.is_node_name && !parts.is_protected)
    learn_known (facts, &node_name_heap, HEAP_SOURCE_KERNEL);
  learn_listed (facts, name, vendor_heaps, N_ELEMENTS (vendor_heaps), HEAP_SOURCE_VENDOR);
  learn_convention (facts, &parts);
}

void
heap_name_facts (const char *name, const struct heap_config *config, struct heap_facts *ret_facts)
{
  *ret_facts = (struct heap_facts){ 0 };
  learn_declared (ret_facts, name, config, is_declared_alias);
  learn_known_by_name (ret_facts, name);
}

void
heap_name_own_facts (const char *name, const struct heap_config *config, struct heap_facts *ret_facts)
{
  *ret_facts = (struct heap_facts){ 0 };
  learn_declared (ret_facts, name, config, lists_alias);
  learn_known_by_name (ret_facts, name);
}

/* Counts *index down over those of the n names that are not name; the one at which it
 * would pass 0, or NULL. */
static const char *
nth_other (const char *const *names, size_t n, const char *name, size_t *index)
{
  for (size_t i = 0; i < n; i++) {
    if (!equal (names[i], name) && (*index)-- == 0)
      return names[i];
  }
  return NULL;
}

static const char *
declared_alias (const struct heap_declaration *declaration, const char *name, size_t *index)
{
  const char *const *aliases = declaration->aliases;
  const char *alias;
  size_t n = 0;

  if (!equal (declaration->name, name) && !is_declared_alias (declaration, name))
    return NULL;
  while (aliases != NULL && aliases[n] != NULL)
    n++;
  alias = nth_other (&declaration->name, 1, name, index);
  return alias != NULL ? alias : nth_other (aliases, n, name, index);
}

static const char *
builtin_alias (const char *name, size_t index)
{
  struct heap_name_parts parts;

  heap_name_parse (name, &parts);
  if (is_default_cma (&parts))
    return nth_other (default_cma_names, N_ELEMENTS (default_cma_names), name, &index);
  for (size_t i = 0; i < N_ELEMENTS (system_names); i++) {
    if (equal (system_names[i], name))
      return nth_other (system_names, N_ELEMENTS (system_names), name, &index);
  }
  return NULL;
}

const char *
heap_name_alias (const char *name, const struct heap_config *config, size_t index)
{
  for (size_t i = 0; config != NULL && i < config->n_declarations; i++) {
    const char *alias = declared_alias (&config->declarations[i], name, &index);
    if (alias != NULL)
      return alias;
  }
  return builtin_alias (name, index);
}
