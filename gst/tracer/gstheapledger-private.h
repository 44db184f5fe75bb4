/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the files of the tracer's books share. All with the lock. */
#pragma once

#include "gstheapledger.h"

struct _GstHeapLedger {
  gint references;
  GMutex lock; /* protects what follows, and all that is the ledger's */
  GstHeapLedgerBooks books;
  GHashTable *links;                /* those of the books, by their ends */
  GHashTable *dmabufs;              /* of GstHeapLedgerMemory, by inode */
  GQueue gone_elements, gone_links; /* in the books; the earliest first */
};

/* An element that memory came into. */
typedef struct {
  GstHeapLedgerElement *element; /* a reference */
  gconstpointer pool;            /* of the buffer it came in */
  guint round;
} GstHeapLedgerVisit;

struct _GstHeapLedgerMemory {
  GstHeapLedger *ledger;
  guint references;
  GstHeapLedgerKind *kind;
  guint64 inode;
  guint64 bytes;
  guint round;                  /* how often it was written anew */
  GstHeapLedgerElement *writer; /* by whom; a reference */
  GArray *visits;               /* one for each element; those of other rounds are over */
};

/* Into the books. Returns: theirs */
GstHeapLedgerElement *gst_heap_ledger_enter_element (
    GstHeapLedger *ledger, const gchar *name, const gchar *path, const gchar *factory);
/* The link of these ends, made if need be. Returns: that of the books */
GstHeapLedgerLink *gst_heap_ledger_enter_link (GstHeapLedger *ledger, GstHeapLedgerElement *from, const gchar *from_pad,
    GstHeapLedgerElement *to, const gchar *to_pad);
/* Out of the books, gone or not. */
void gst_heap_ledger_forget_link (GstHeapLedger *ledger, GstHeapLedgerLink *link);
/* *where is element, or nobody where that is NULL, with a reference. */
void gst_heap_ledger_set_element (GstHeapLedgerElement **where, GstHeapLedgerElement *element);

/* Adds count of a kind to link's. */
void gst_heap_ledger_add_share (GstHeapLedgerLink *link, GstHeapLedgerKind *kind, GstHeapLedgerCount count);
void gst_heap_ledger_add_count (GstHeapLedgerCount *sum, GstHeapLedgerCount count);
void gst_heap_ledger_add_reason (GstHeapLedgerElement *element, const gchar *why, guint n);

/* Keeps the books to what they may hold of what is gone. */
void gst_heap_ledger_fold (GstHeapLedger *ledger);
/* Who has the figures of element now. */
GstHeapLedgerElement *gst_heap_ledger_current_element (GstHeapLedgerElement *element);
GstHeapLedgerLink *gst_heap_ledger_current_link (GstHeapLedgerLink *link);
