/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books: what memory went over which link of a pipeline, and which element wrote it anew. Knows nothing of
 * GStreamer: pads, memories and pools are names and addresses to it. Any thread.
 *
 * They do not grow for ever. Of elements that are gone, as of links whose pads are, only so many are kept; what the
 * earliest of them did is then added to one element for all of their factory, to one link for all between the same. */
#pragma once

#include <glib.h>

#define GST_HEAP_LEDGER_PARTS 16           /* memories of a buffer; GStreamer has no more */
#define GST_HEAP_LEDGER_GONE_ELEMENTS 1000 /* of those that are gone, how many are kept one by one */
#define GST_HEAP_LEDGER_GONE_LINKS 2000

typedef struct _GstHeapLedger GstHeapLedger;
typedef struct _GstHeapLedgerElement GstHeapLedgerElement;

/* How the frames came to be that an element pushed. */
typedef enum
{
  GST_HEAP_WAY_PASSED,    /* in memory that came in */
  GST_HEAP_WAY_COPIED,    /* in other memory, though the caps are the same */
  GST_HEAP_WAY_CONVERTED, /* in other memory, as the caps differ; the media type is the same */
  GST_HEAP_WAY_PRODUCED,  /* by a source, a decoder, an encoder, a mixer: it has to write somewhere */
  GST_HEAP_N_WAYS,
} GstHeapWay;

typedef struct {
  guint64 frames;
  guint64 bytes;
} GstHeapLedgerCount;

/* One sort of memory: a heap, another exporter of dma-bufs, an allocator of GStreamer. */
typedef struct {
  gchar *name;
  gboolean is_dmabuf;
  guint64 memories; /* seen so far */
  guint64 live;     /* bytes of those that are not freed */
  guint64 peak;     /* the most live has been */
} GstHeapLedgerKind;

/* One memory, which goes round from frame to frame; or all that are of the same dma-buf. */
typedef struct _GstHeapLedgerMemory GstHeapLedgerMemory;

struct _GstHeapLedgerElement {
  gint references; /* atomic */
  gboolean is_gone;
  guint stands_for;                  /* elements of its factory that are gone; 0: it is one itself */
  GstHeapLedgerElement *folded_into; /* that does; NULL: it is in the books itself */
  gchar *name;
  gchar *path;    /* with the bins it is in; "" where it stands for others */
  gchar *factory; /* "" where it has none */
  GstHeapLedgerCount in;
  GstHeapLedgerCount out;
  GstHeapLedgerCount ways[GST_HEAP_N_WAYS]; /* what went out. Bytes: those in memory that had not come in */
  GstHeapLedgerCount inside;                /* copies that went nowhere: frames is how many copies */
  guint64 memories;                         /* that came in, each counted once: what an importer has to import */
  guint64 pending; /* bytes it said that it copied, and whether they go out is yet to be seen */
  guint64 pending_copies;
  gboolean frame_inside; /* the next frame it writes was copied out of memory of its own */
  GHashTable *reasons;   /* what it said of its copies, and how often: gchar *, guint */
};

typedef struct {
  GstHeapLedgerKind *kind;
  GstHeapLedgerCount count;
} GstHeapLedgerShare;

typedef struct _GstHeapLedgerLink GstHeapLedgerLink;

struct _GstHeapLedgerLink {
  gint references; /* atomic */
  gboolean is_gone;
  gboolean is_summary;             /* of all between the same elements, whatever the number of the pad */
  GstHeapLedgerLink *folded_into;  /* NULL: it is in the books itself */
  GstHeapLedgerElement *from, *to; /* to NULL: not linked */
  gchar *from_pad, *to_pad;
  GstHeapLedgerCount count;
  GArray *shares;                     /* of GstHeapLedgerShare: by memory */
  gchar *offered;                     /* memory that downstream proposed; NULL: none */
  guint64 elsewhere;                  /* buffers that came in other memory than was offered */
  GstHeapLedgerElement *elsewhere_by; /* who wrote the last of them */
};

/* A buffer on its way. */
typedef struct {
  guint n_parts;
  struct {
    GstHeapLedgerMemory *memory;
    gsize size;
  } parts[GST_HEAP_LEDGER_PARTS];
  gconstpointer pool; /* NULL: of none */
  gboolean as_offered;
} GstHeapLedgerFrame;

GstHeapLedger *gst_heap_ledger_new (void);
GstHeapLedger *gst_heap_ledger_ref (GstHeapLedger *ledger);
void gst_heap_ledger_unref (GstHeapLedger *ledger);

/* Returns: (transfer full): until it is gone, and gst_heap_ledger_drop_element() takes it back */
GstHeapLedgerElement *gst_heap_ledger_add_element (
    GstHeapLedger *ledger, const gchar *name, const gchar *path, const gchar *factory);
/* It is gone: no more is to be counted of it, but what is counted already. */
void gst_heap_ledger_drop_element (GstHeapLedger *ledger, GstHeapLedgerElement *element);
GstHeapLedgerElement *gst_heap_ledger_element_ref (GstHeapLedgerElement *element);
/* NULL is nothing. */
void gst_heap_ledger_element_unref (GstHeapLedgerElement *element);

/* to may be NULL. Returns: (transfer full): the same link, if there is one of these names */
GstHeapLedgerLink *gst_heap_ledger_get_link (GstHeapLedger *ledger, GstHeapLedgerElement *from, const gchar *from_pad,
    GstHeapLedgerElement *to, const gchar *to_pad);
/* Its pads are gone: nobody will use it, unless somebody gets it again. */
void gst_heap_ledger_drop_link (GstHeapLedger *ledger, GstHeapLedgerLink *link);
GstHeapLedgerLink *gst_heap_ledger_link_ref (GstHeapLedgerLink *link);
void gst_heap_ledger_link_unref (GstHeapLedgerLink *link);

/* The ledger's, and lives as long. */
GstHeapLedgerKind *gst_heap_ledger_get_kind (GstHeapLedger *ledger, const gchar *name, gboolean is_dmabuf);

/* Memory of bytes. inode 0: it is no dma-buf, or no dma-buf of its own; else the same for the same inode. The caller's
 * reference. */
GstHeapLedgerMemory *gst_heap_ledger_add_memory (
    GstHeapLedger *ledger, GstHeapLedgerKind *kind, guint64 inode, guint64 bytes);
void gst_heap_ledger_memory_unref (GstHeapLedgerMemory *memory);
GstHeapLedgerKind *gst_heap_ledger_memory_get_kind (GstHeapLedgerMemory *memory);

/* frame goes over link, if all of it is in memory that came into where the link begins. Returns: bytes of it that are
 * in other memory; unless that is 0, nothing is counted before gst_heap_ledger_push() says what they are */
gsize gst_heap_ledger_pass (GstHeapLedger *ledger, GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame);
/* The same of a frame of which so many bytes were written. */
void gst_heap_ledger_push (
    GstHeapLedger *ledger, GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame, gsize written, GstHeapWay way);
/* element said that it copied, and why; NULL: whoever runs in a thread that nothing is known of. */
void gst_heap_ledger_note_copy (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why, guint64 bytes);
/* element said that the frame it is about to push is one that it copies. */
void gst_heap_ledger_note_frame_inside (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why);
/* What downstream offers. NULL: nothing. */
void gst_heap_ledger_set_offer (GstHeapLedger *ledger, GstHeapLedgerLink *link, const gchar *offered);

/* The books as they are, for reading: nobody writes into them until they are closed. */
typedef struct {
  GPtrArray *elements; /* of GstHeapLedgerElement, in the order they were met; those that stand for others among them */
  GPtrArray *links;    /* of GstHeapLedgerLink */
  GPtrArray *kinds;    /* of GstHeapLedgerKind */
  guint64 unattributed; /* bytes that were copied by nobody knows whom */
} GstHeapLedgerBooks;

const GstHeapLedgerBooks *gst_heap_ledger_open (GstHeapLedger *ledger);
void gst_heap_ledger_close (GstHeapLedger *ledger);
/* Of an element of open books: bytes it copied, in frames that went out and inside; neither converted nor produced. */
guint64 gst_heap_ledger_copied (const GstHeapLedgerElement *element);
/* The same, in copies that went nowhere. */
GstHeapLedgerCount gst_heap_ledger_inside (const GstHeapLedgerElement *element);
/* Of open books: the element at which an offer came to an end that link's buffers are not in: it wrote them elsewhere,
 * or did not pass the offer on to who did. */
GstHeapLedgerElement *gst_heap_ledger_find_dropper (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link);
/* The most frames that came into an element nothing goes out of; where there is none, the most that went out of any. */
guint64 gst_heap_ledger_frames (const GstHeapLedgerBooks *books);
