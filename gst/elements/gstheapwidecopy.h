/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copying out of memory that the CPU does not cache: with loads as wide as it has. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the CPU does not cache it gets from memory with each load anew, so that few wide loads beat many narrow ones. On
 * x86 only non-temporal loads fetch a whole line of 64 bytes at a time there. On memory that is cached all variants
 * read the same bytes. */
typedef struct {
  const gchar *name;
  gboolean (*is_supported) (void); /* by this CPU */
  /* As memcpy(). Reads no byte outside of src, which may lie at any address, as dest may. */
  void (*copy) (void *dest, const void *src, gsize size);
} GstHeapWideCopy;

/* What is there for CPUs of this kind, the best first; the last one is memcpy(), which any supports. */
const GstHeapWideCopy *gst_heap_wide_copy_list (guint *ret_n);
/* The first of them that this CPU supports. */
const GstHeapWideCopy *gst_heap_wide_copy_best (void);

G_END_DECLS
