/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A GError as the element message an application sees. */
#include "gstheaperrors.h"

#include <gst/heaps/heaps.h>

static gint
resource_error (const GError *error)
{
  if (error->domain != GST_HEAP_ERROR)
    return GST_RESOURCE_ERROR_FAILED;

  switch ((GstHeapError) error->code) {
    case GST_HEAP_ERROR_INVALID:
      return GST_RESOURCE_ERROR_SETTINGS;
    case GST_HEAP_ERROR_NOT_FOUND:
    case GST_HEAP_ERROR_UNSATISFIED:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case GST_HEAP_ERROR_PERMISSION:
      return GST_RESOURCE_ERROR_OPEN_READ;
    case GST_HEAP_ERROR_NO_MEMORY:
    case GST_HEAP_ERROR_NO_FDS:
      return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    case GST_HEAP_ERROR_FAILED:
      break;
  }
  return GST_RESOURCE_ERROR_FAILED;
}

/* Posts error, whose message says all there is to say, on the bus. */
void
gst_heap_post_error (GstElement *element, const GError *error)
{
  gst_element_message_full (element, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, resource_error (error),
      g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
}
