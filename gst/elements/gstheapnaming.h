/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element a dma-buf is of, as its name tells. */
#pragma once

#include <glib.h>

/* The label for an allocator, of one in which %e stands for the name of the element. The rest stays for the allocator
 * to expand. NULL of NULL. The caller frees it. */
gchar *gst_heap_naming_insert_element (const gchar *label, const gchar *name);
