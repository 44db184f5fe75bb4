/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout the user wishes for, and what comes of it downstream. */
#pragma once

#include "gstheaplayoutfields.h"

G_BEGIN_DECLS

/* Belongs to the streaming thread, but where it says "any thread". Zeroed, it wishes for nothing. */
typedef struct {
  GstHeapLayoutParams asked; /* by the user, from start to stop */
  gchar *device;             /* owned; the user's, who asks it too; NULL: none */

  GstHeapLayoutParams params; /* for the caps there are: what is asked, and what the device wants */
  gboolean is_set;            /* they ask for something */
  GstVideoInfo info;          /* of the caps; valid with has_info */
  gboolean has_info;
  gint is_asked;   /* atomic; the device, for the caps and neighbours there are */
  gint is_checked; /* atomic; for the caps there are, as far as downstream tells */
} GstHeapLayoutWish;

gboolean gst_heap_layout_wish_start (GstHeapLayoutWish *wish, const GstHeapLayoutFields *fields, GError **error);
void gst_heap_layout_wish_clear (GstHeapLayoutWish *wish);
/* Frames go from sinkpad to srcpad, and come under caps. FALSE: the device that the user named does not say how they
 * have to lie. */
gboolean gst_heap_layout_wish_set_caps (
    GstHeapLayoutWish *wish, GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps, GError **error);
/* Any thread. A neighbour may be another now, whatever the caps are. */
void gst_heap_layout_wish_renegotiate (GstHeapLayoutWish *wish);
/* Asks the device again if a neighbour may be another since it was asked: what is in params then may be new, which
 * *ret_changed says. Returns as set_caps() does; then nothing has changed, and it is asked again the next time. */
gboolean gst_heap_layout_wish_refresh (
    GstHeapLayoutWish *wish, GstPad *sinkpad, GstPad *srcpad, gboolean *ret_changed, GError **error);

/* Whether there is nothing to refresh and to check. */
gboolean gst_heap_layout_wish_is_settled (GstHeapLayoutWish *wish);
/* Whether what the wish asks for can be sent downstream of srcpad, for whom frames leave in outcaps. Then
 * it is settled, until there are other caps. The error names who does not read GstVideoMeta. */
gboolean gst_heap_layout_wish_check (GstHeapLayoutWish *wish, GstPad *srcpad, GstCaps *incaps, GstCaps *outcaps,
    GstHeapAllocator *allocator, GError **error);
/* Whether buffer lies as is wished. */
gboolean gst_heap_layout_wish_accepts (const GstHeapLayoutWish *wish, GstBuffer *buffer, GError **error);

G_END_DECLS
