/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What can go wrong, as GError: the border at which -errno becomes an error. */
#include "gstheaperror-private.h"

#include <errno.h>

/**
 * gst_heap_error_quark:
 *
 * Returns: the domain, %GST_HEAP_ERROR
 *
 * Since: 0.1
 */
GQuark
gst_heap_error_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-error");
  return quark;
}

GstHeapError
gst_heap_error_code_from_errno (int error)
{
  switch (error) {
    case ENOMEM:
    case ENOSPC:
    case ENODATA:
    case EDQUOT: /* no system call says this: the budget of the process */
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
    case EFBIG:
    case EOVERFLOW:
    case EOPNOTSUPP:
      return GST_HEAP_ERROR_INVALID;
    default:
      return GST_HEAP_ERROR_FAILED;
  }
}
