/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is known of memory, whoever allocated it. */
#pragma once

#include <gst/heaps/gstheapmemory.h>

#include "heaps/catalog.h"

/* What is known of memory that an exporter of that name made. The catalog, where it could be read, knows more of a name
 * than the name itself tells. */
G_GNUC_INTERNAL
void gst_heap_facts_find (const struct heap_catalog *catalog, const gchar *name, struct heap_facts *ret_facts);
