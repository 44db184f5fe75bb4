/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the files of heapupload share: the element, and the parts of it that are not in gstheapupload.c. */
#pragma once

#include "gstheapblame.h"
#include "gstheapcopier.h"
#include "gstheapdescribe.h"
#include "gstheapinsistence.h"
#include "gstheaplayoutwish.h"
#include "gstheaplending.h"
#include "gstheapprotection.h"
#include "gstheapsettings.h"
#include "gstheapupload.h"
#include "gstheapwatch.h"

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_heap_upload_debug);
GST_DEBUG_CATEGORY_EXTERN (gst_heap_upload_performance_debug);

struct _GstHeapUpload {
  GstBaseTransform parent;

  /* From start() to stop(). The streaming thread reads them without the object lock, others with it. */
  GstHeapSelection *selection;
  GstHeapAllocator *allocator;

  GstHeapWatch *watch;           /* from start() to stop() */
  GstHeapProtection *protection; /* the same; NULL: the heap is not protected */
  GstHeapInsistence *insistence; /* the same; NULL: the heap gives dma-bufs */
  GstHeapLending *lending;       /* as long as the element lives */
  GstHeapCopier *copier;
  GstHeapLayoutWish wish;
  GstBufferPool *offered_pool;    /* the last one; ALLOCATION queries are serialized */
  GstHeapAsked asked;             /* for the caps there are: streaming thread */
  GstHeapDescription description; /* of what goes out: streaming thread */
  gboolean is_dmabuf;             /* by the caps it goes out in: streaming thread */
  gboolean warned;                /* of copies, for the caps there are: streaming thread */
  gsize least_size;               /* bytes behind each buffer: streaming thread */
  gint least_size_is_known;       /* atomic; for the caps there are, as far as downstream tells */
  GstPadChainFunction chain;      /* of the base class */

  /* The object lock protects what follows. */
  GstHeapSettings settings;
  guint64 frames_passed, frames_copied, bytes_copied;
};

/* gstheapuploadstats.c, any thread */

/* Returns: (transfer full) (nullable): NULL in READY and below */
GstHeapAllocator *gst_heap_upload_ref_allocator (GstHeapUpload *self);
/* Returns: (transfer full) (nullable): NULL in READY and below */
gchar *gst_heap_upload_dup_heap_name (GstHeapUpload *self);
GstStructure *gst_heap_upload_make_stats (GstHeapUpload *self);
void gst_heap_upload_count_passed (GstHeapUpload *self);
void gst_heap_upload_count_copied (GstHeapUpload *self, gsize bytes);

/* gstheapuploadcaps.c: virtual methods of the base class */

GstCaps *gst_heap_upload_transform_caps (
    GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *filter);
GstCaps *gst_heap_upload_fixate_caps (
    GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *othercaps);
gboolean gst_heap_upload_set_caps (GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps);

/* gstheapuploadoffer.c */

/* Streaming thread. Has the layout be as the device of the neighbours there are wants it. FALSE: the one that the user
 * named does not say. */
gboolean gst_heap_upload_ask_device (GstHeapUpload *self, GError **error);
/* A virtual method of the base class. */
gboolean gst_heap_upload_propose_allocation (GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query);

/* gstheapuploadoutput.c */

/* Asks downstream how much has to lie behind a buffer, and where frames go. wait: until it can tell.
 * Returns: whether all that leaves goes to other processes */
gboolean gst_heap_upload_look_downstream (GstHeapUpload *self, GstHeapAllocator *allocator, gboolean wait);
/* A virtual method of the base class. */
GstFlowReturn gst_heap_upload_generate_output (GstBaseTransform *trans, GstBuffer **outbuf);
/* The sink pad's, around that of the base class. */
GstFlowReturn gst_heap_upload_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer);

G_END_DECLS
