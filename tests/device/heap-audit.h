/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether all was given back: dma-bufs, CMA pages and huge pages of this machine, fds of this process. */
#pragma once

#include <glib.h>

/* How much was taken at a moment. */
typedef struct {
  guint dmabufs;      /* of any exporter and process, as bufinfo lists them */
  guint64 cma_pages;  /* in use in all CMA regions; 0 on a kernel that does not say */
  guint64 huge_pages; /* in use */
  GPtrArray *fds;     /* "NUMBER TARGET" of each fd of this process */
} HeapAudit;

/* Takes stock as soon as no dma-buf is alive in this machine; fails the test when that does not come. What a process
 * opens once and keeps should be open already. */
HeapAudit *heap_audit_new (void);
void heap_audit_free (HeapAudit *self);
/* What is taken now that was not then, in lines; NULL when there is nothing. The caller frees it. */
gchar *heap_audit_compare (const HeapAudit *before);
/* The same, once it has come to nothing or after this many seconds. The kernel gives back some memory after the call
 * that ended its use: what a display has shown, and all that a process had which was killed. */
gchar *heap_audit_settle (const HeapAudit *before, guint seconds);
/* Fails the test when not all comes back. */
void heap_audit_assert_settles (const HeapAudit *before, const gchar *after_what);
