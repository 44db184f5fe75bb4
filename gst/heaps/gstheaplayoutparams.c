/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapLayoutParams: the type, and its place in the configuration of a pool. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheaplayoutparams.h>

#include "gstheaplayoutparams-private.h"

#include <string.h>

/**
 * SECTION:gstheaplayoutparams
 * @title: GstHeapLayoutParams
 * @short_description: what is asked of the way frames lie in their buffers
 *
 * Devices want frames laid out their way: rows that begin at multiples of some bytes, a number of rows, planes that
 * begin at a page or in a dma-buf each. #GstHeapLayoutParams says what is wanted; a #GstHeapBufferPool finds a layout
 * that satisfies it, the smallest there is, and tells it by #GstVideoMeta.
 *
 * As text it is a structure with the fields that are not 0, named as those of the struct with "-" in place of "_"; what
 * is for each plane is one number for all of them, or a list:
 *
 * |[
 * layout, planes=split, stride-align=64, plane-offset-align=<4096,4096>, height-align=16
 * ]|
 */

#define CONFIG_FIELD "heap-layout"
G_DEFINE_BOXED_TYPE (
    GstHeapLayoutParams, gst_heap_layout_params, gst_heap_layout_params_copy, gst_heap_layout_params_free)

/**
 * gst_heap_layout_params_init:
 * @params: (out caller-allocates): a #GstHeapLayoutParams
 *
 * Makes @params ask for nothing.
 *
 * Since: 0.1
 */
void
gst_heap_layout_params_init (GstHeapLayoutParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (GstHeapLayoutParams){ .planes = GST_HEAP_PLANES_AUTO };
}

/**
 * gst_heap_layout_params_new:
 *
 * Returns: (transfer full): one that asks for nothing
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_new (void)
{
  return g_new0 (GstHeapLayoutParams, 1);
}

/**
 * gst_heap_layout_params_copy:
 * @params: a #GstHeapLayoutParams
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_copy (const GstHeapLayoutParams *params)
{
  GstHeapLayoutParams *copy;

  g_return_val_if_fail (params != NULL, NULL);

  copy = gst_heap_layout_params_new ();
  *copy = *params;
  return copy;
}

/**
 * gst_heap_layout_params_free:
 * @params: (transfer full) (nullable): a #GstHeapLayoutParams
 *
 * Since: 0.1
 */
void
gst_heap_layout_params_free (GstHeapLayoutParams *params)
{
  g_free (params);
}

/**
 * gst_heap_layout_params_is_default:
 * @params: a #GstHeapLayoutParams
 *
 * Returns: whether @params asks for nothing
 *
 * Since: 0.1
 */
gboolean
gst_heap_layout_params_is_default (const GstHeapLayoutParams *params)
{
  GstHeapLayoutParams none;

  g_return_val_if_fail (params != NULL, FALSE);

  gst_heap_layout_params_init (&none);
  return memcmp (params, &none, offsetof (GstHeapLayoutParams, _gst_reserved)) == 0;
}

/**
 * gst_heap_layout_params_add_alignment:
 * @params: a #GstHeapLayoutParams
 * @alignment: padding and strides that are wanted too
 * @error: #GST_HEAP_ERROR_INVALID when @alignment makes no sense; then @params stays as it is
 *
 * Makes @params ask for the stricter of what it and @alignment ask for, in each respect.
 *
 * Returns: whether @alignment makes sense
 *
 * Since: 0.1
 */
gboolean
gst_heap_layout_params_add_alignment (GstHeapLayoutParams *params, const GstVideoAlignment *alignment, GError **error)
{
  GstHeapLayoutParams sum;

  g_return_val_if_fail (params != NULL, FALSE);
  g_return_val_if_fail (alignment != NULL, FALSE);

  sum = *params;
  sum.padding_top = MAX (sum.padding_top, alignment->padding_top);
  sum.padding_bottom = MAX (sum.padding_bottom, alignment->padding_bottom);
  sum.padding_left = MAX (sum.padding_left, alignment->padding_left);
  sum.padding_right = MAX (sum.padding_right, alignment->padding_right);
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++) {
    if (alignment->stride_align[i] >= GST_HEAP_LAYOUT_MOST_STRIDE_ALIGN) {
      g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
          "strides cannot be aligned by the mask %#x: it is a power of two less 1, of %u at the most",
          alignment->stride_align[i], GST_HEAP_LAYOUT_MOST_STRIDE_ALIGN);
      return FALSE;
    }
    if (alignment->stride_align[i] > 0)
      sum.stride_align[i] = MAX (sum.stride_align[i], alignment->stride_align[i] + 1);
  }
  if (!gst_heap_layout_params_check (&sum, error))
    return FALSE;
  *params = sum;
  return TRUE;
}

/**
 * gst_heap_buffer_pool_config_set_layout:
 * @config: the configuration of a #GstHeapBufferPool
 * @params: what is asked of the layout
 *
 * Counts with %GST_BUFFER_POOL_OPTION_HEAP_LAYOUT, which has to be added to @config. Any other layout than GStreamer's
 * default one takes %GST_BUFFER_POOL_OPTION_VIDEO_META too, as only #GstVideoMeta tells it: without, the configuration
 * is refused. %GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT counts too where it is set: of both, the stricter.
 *
 * Since: 0.1
 */
void
gst_heap_buffer_pool_config_set_layout (GstStructure *config, const GstHeapLayoutParams *params)
{
  GstStructure *structure;

  g_return_if_fail (GST_IS_STRUCTURE (config));
  g_return_if_fail (params != NULL);

  structure = gst_heap_layout_params_to_structure (params);
  gst_structure_set (config, CONFIG_FIELD, GST_TYPE_STRUCTURE, structure, NULL);
  gst_structure_free (structure);
}

/**
 * gst_heap_buffer_pool_config_get_layout:
 * @config: the configuration of a #GstHeapBufferPool
 * @params: (out caller-allocates): what is asked of the layout
 * @error: #GST_HEAP_ERROR_NOT_FOUND when there is no layout in @config, #GST_HEAP_ERROR_INVALID when it makes no sense
 *
 * Returns: whether @params was set
 *
 * Since: 0.1
 */
gboolean
gst_heap_buffer_pool_config_get_layout (const GstStructure *config, GstHeapLayoutParams *params, GError **error)
{
  GstHeapLayoutParams *parsed;
  const GValue *value;

  g_return_val_if_fail (GST_IS_STRUCTURE (config), FALSE);
  g_return_val_if_fail (params != NULL, FALSE);

  value = gst_structure_get_value (config, CONFIG_FIELD);
  if (!value || !GST_VALUE_HOLDS_STRUCTURE (value)) {
    g_set_error_literal (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND, "the configuration has the option of a layout, and no layout");
    return FALSE;
  }
  parsed = gst_heap_layout_params_new_from_structure (gst_value_get_structure (value), error);
  if (!parsed)
    return FALSE;
  *params = *parsed;
  gst_heap_layout_params_free (parsed);
  return TRUE;
}
