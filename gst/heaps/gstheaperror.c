/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What can go wrong, as GError: the border at which -errno becomes an error. */
#include "gstheaperror-private.h"

#include <errno.h>

G_DEFINE_QUARK (gst - heap - error - quark, gst_heap_error)

GstHeapError
gst_heap_error_code_from_errno (int error)
{
  switch (error) {
    case ENOMEM:
    case ENOSPC:
      return GST_HEAP_ERROR_NO_MEMORY;
    case EMFILE:
    case ENFILE:
      return GST_HEAP_ERROR_NO_FDS;
    case EACCES:
    case EPERM:
      return GST_HEAP_ERROR_PERMISSION;
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return GST_HEAP_ERROR_NOT_FOUND;
    case EINVAL:
    case EOVERFLOW:
      return GST_HEAP_ERROR_INVALID;
    default:
      return GST_HEAP_ERROR_FAILED;
  }
}
