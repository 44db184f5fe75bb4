/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether memory is physically contiguous, by the page frames behind its mapping. */
#include <gst/heaps/gstheaperror.h>

#include "gstheaperror-private.h"
#include "gstheapmemory-private.h"

#include "heaps/sys.h"

#include <errno.h>

/* 0 or -errno. data begins at a page. */
static int
compare_frames (const volatile guint8 *data, gsize size, gboolean *ret_are_adjacent)
{
  gsize page = sys_page_size ();
  gboolean are_adjacent = TRUE;
  guint64 first = 0, frame;
  int result = 0;

  for (gsize at = 0; at < size && result == 0 && are_adjacent; at += page) {
    (void) data[at]; /* what nobody has touched may have no page yet */
    result = sys_page_frame ((const void *) (data + at), &frame);
    if (result == 0 && at == 0)
      first = frame;
    are_adjacent = result < 0 || frame == first + at / page;
  }
  *ret_are_adjacent = are_adjacent;
  return result;
}

static void
set_unknown (GError **error, int code)
{
  const gchar *reason = code == ENODATA ? "the kernel tells no page frames of mappings that a driver made"
                        : code == EPERM ? "this process may not know page frames (CAP_SYS_ADMIN)"
                                        : g_strerror (code);

  g_set_error_literal (
      error, GST_HEAP_ERROR, code == ENODATA ? GST_HEAP_ERROR_FAILED : gst_heap_error_code_from_errno (code), reason);
}

/**
 * gst_heap_memory_check_contiguous:
 * @memory: memory of a heap, all of it: no part of another memory
 * @error: when the answer is %GST_HEAP_ANSWER_UNKNOWN, why: #GST_HEAP_ERROR_PERMISSION without CAP_SYS_ADMIN,
 *     #GST_HEAP_ERROR_INVALID when @memory cannot be mapped, #GST_HEAP_ERROR_FAILED where the kernel does not tell
 *
 * Looks at the page frames behind the mapping of @memory, in `/proc/self/pagemap`: what is, whatever the heap promises.
 * The kernel tells none of mappings that a driver made, which those of the kernel's heaps and of udmabuf are: it is
 * known of memory of `process-contiguous`, and of `process` where there is no udmabuf. It is one look a page.
 *
 * Returns: whether @memory is physically contiguous
 *
 * Since: 0.1
 */
GstHeapAnswer
gst_heap_memory_check_contiguous (GstMemory *memory, GError **error)
{
  gboolean are_adjacent;
  GstMapInfo map;
  int result;

  g_return_val_if_fail (memory != NULL && memory->parent == NULL, GST_HEAP_ANSWER_UNKNOWN);

  if (gst_is_heap_memory (memory) && gst_heap_memory_get_address (memory) != 0)
    return GST_HEAP_ANSWER_YES; /* its heap has looked */
  if (!gst_memory_map (memory, &map, GST_MAP_READ)) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "it cannot be mapped");
    return GST_HEAP_ANSWER_UNKNOWN;
  }
  result = compare_frames (map.data, map.size, &are_adjacent);
  gst_memory_unmap (memory, &map);
  if (result < 0) {
    set_unknown (error, -result);
    return GST_HEAP_ANSWER_UNKNOWN;
  }
  return are_adjacent ? GST_HEAP_ANSWER_YES : GST_HEAP_ANSWER_NO;
}
