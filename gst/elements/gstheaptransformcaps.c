/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Raw video in memory of a heap: as what caps it may come in and go out. */
#include "gstheaptransformcaps.h"

#include "gstheapdrmcompat.h"

#include <gst/allocators/gstdmabuf.h>

#define DMA_DRM "DMA_DRM" /* GST_VIDEO_FORMAT_DMA_DRM, which 1.22 has not */

typedef enum
{
  KIND_OTHER,  /* no raw video, or in memory of which nothing is known here */
  KIND_PLAIN,  /* in system memory */
  KIND_DMABUF, /* as memory:DMABuf, in either form */
  KIND_ANY,    /* in any memory */
} Kind;

/* What features say of memory, without what else they say. */
static Kind
kind_of_features (const GstCapsFeatures *features)
{
  Kind kind = KIND_PLAIN;

  if (gst_caps_features_is_any (features))
    return KIND_ANY;
  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const gchar *feature = gst_caps_features_get_nth (features, i);

    if (g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_DMABUF))
      kind = KIND_DMABUF;
    else if (g_str_has_prefix (feature, "memory:") && !g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
      return KIND_OTHER;
  }
  return kind;
}

static Kind
kind_of (const GstCaps *caps, guint i)
{
  if (!gst_structure_has_name (gst_caps_get_structure (caps, i), "video/x-raw"))
    return KIND_OTHER;
  return kind_of_features (gst_caps_get_features (caps, i));
}

static gboolean
is_drm (const GstStructure *structure)
{
  return gst_structure_has_field (structure, "drm-format") ||
         g_strcmp0 (gst_structure_get_string (structure, "format"), DMA_DRM) == 0;
}

/* The features with another memory: feature, or for NULL with that of system memory. */
static GstCapsFeatures *
features_in (const GstCapsFeatures *features, const gchar *memory)
{
  GstCapsFeatures *result = gst_caps_features_new (memory, NULL);

  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const gchar *feature = gst_caps_features_get_nth (features, i);

    if (!g_str_has_prefix (feature, "memory:"))
      gst_caps_features_add (result, feature);
  }
  return result;
}

/* One name of a format in the other form; NULL where there is none. */
typedef gchar *(*Rename) (const gchar *name);

static gchar *
rename_to_drm (const gchar *name)
{
  GstVideoFormat format = gst_video_format_from_string (name);

  return format == GST_VIDEO_FORMAT_UNKNOWN ? NULL : gst_heap_compat_drm_from_video_format (format);
}

static gchar *
rename_to_plain (const gchar *name)
{
  GstVideoFormat format = gst_heap_compat_video_format_from_drm (name);

  return format == GST_VIDEO_FORMAT_UNKNOWN ? NULL : g_strdup (gst_video_format_to_string (format));
}

static void
append_renamed (GValue *list, const GValue *name, Rename rename)
{
  gchar *renamed = G_VALUE_HOLDS_STRING (name) && g_value_get_string (name) ? rename (g_value_get_string (name)) : NULL;
  GValue value = G_VALUE_INIT;

  if (!renamed)
    return;
  g_value_init (&value, G_TYPE_STRING);
  g_value_take_string (&value, renamed);
  gst_value_list_append_and_take_value (list, &value);
}

/* names is a name or a list of them. FALSE: none of them has another. */
static gboolean
set_renamed (GstStructure *structure, const gchar *field, const GValue *names, Rename rename)
{
  GValue list = G_VALUE_INIT;
  guint n;

  g_value_init (&list, GST_TYPE_LIST);
  if (GST_VALUE_HOLDS_LIST (names))
    for (guint i = 0; i < gst_value_list_get_size (names); i++)
      append_renamed (&list, gst_value_list_get_value (names, i), rename);
  else
    append_renamed (&list, names, rename);

  n = gst_value_list_get_size (&list);
  if (n == 1)
    gst_structure_set_value (structure, field, gst_value_list_get_value (&list, 0));
  else if (n > 1)
    gst_structure_set_value (structure, field, &list);
  g_value_unset (&list);
  return n > 0;
}

/* Names all formats of raw video. */
static void
set_all_formats (GstStructure *structure)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  GValue names = G_VALUE_INIT;

  g_value_init (&names, GST_TYPE_LIST);
  for (guint i = 0; i < n; i++) {
    GValue name = G_VALUE_INIT;

    g_value_init (&name, G_TYPE_STRING);
    g_value_set_static_string (&name, gst_video_format_to_string (formats[i]));
    gst_value_list_append_and_take_value (&names, &name);
  }
  gst_structure_take_value (structure, "format", &names);
}

/* The structure in the form with a drm-format; NULL where it has none. It names formats. */
static GstStructure *
to_drm (const GstStructure *structure)
{
  const GValue *format = gst_structure_get_value (structure, "format");
  GstStructure *result = gst_structure_copy (structure);

  gst_structure_set (result, "format", G_TYPE_STRING, DMA_DRM, NULL);
  if (!set_renamed (result, "drm-format", format, rename_to_drm))
    g_clear_pointer (&result, gst_structure_free);
  return result;
}

/* The structure in the form without a drm-format; NULL where it has none. */
static GstStructure *
from_drm (const GstStructure *structure)
{
  const GValue *drm_format = gst_structure_get_value (structure, "drm-format");
  GstStructure *result = gst_structure_copy (structure);

  gst_structure_remove_fields (result, "drm-format", "format", NULL);
  if (drm_format && !set_renamed (result, "format", drm_format, rename_to_plain))
    g_clear_pointer (&result, gst_structure_free);
  return result;
}

static GstStructure *
to_plain (const GstStructure *structure)
{
  return is_drm (structure) ? from_drm (structure) : gst_structure_copy (structure);
}

/* What is plain, as dma-bufs; NULL where that has no form. Caps that name no format get all there are: with none they
 * would be of tiled frames, too. */
static GstStructure *
to_dmabuf (const GstStructure *structure, gboolean with_drm_format)
{
  GstStructure *named, *drm;

  if (is_drm (structure))
    return NULL;
  named = gst_structure_copy (structure);
  if (!gst_structure_has_field (named, "format"))
    set_all_formats (named);
  if (!with_drm_format)
    return named;
  drm = to_drm (named);
  gst_structure_free (named);
  return drm;
}

static GstStructure *
to_drm_dmabuf (const GstStructure *structure)
{
  return GST_HEAP_COMPAT_HAS_DRM_CAPS ? to_dmabuf (structure, TRUE) : NULL;
}

static GstStructure *
to_raw_dmabuf (const GstStructure *structure)
{
  return to_dmabuf (structure, FALSE);
}

/* Adds what of caps is of one of two kinds, in another form. */
static void
add_form (GstCaps *result, const GstCaps *caps, Kind kind, GstStructure *(*convert) (const GstStructure *),
    const gchar *memory)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    Kind of = kind_of (caps, i);
    GstStructure *structure = of == kind || of == KIND_ANY ? convert (gst_caps_get_structure (caps, i)) : NULL;

    if (structure)
      result = gst_caps_merge_structure_full (result, structure, features_in (gst_caps_get_features (caps, i), memory));
  }
}

/* Adds what stays as it is. */
static void
add_same (GstCaps *result, const GstCaps *caps, GstPadDirection direction, GstHeapCapsFacts facts)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    Kind kind = kind_of (caps, i);
    gboolean goes_out_plain = kind == KIND_PLAIN || (kind == KIND_ANY && direction == GST_PAD_SINK);

    if (!facts.is_protected || !goes_out_plain)
      result = gst_caps_merge_structure_full (result, gst_structure_copy (gst_caps_get_structure (caps, i)),
          gst_caps_features_copy (gst_caps_get_features (caps, i)));
  }
}

GstHeapCapsFacts
gst_heap_caps_facts (GstHeap *heap)
{
  if (!heap)
    return (GstHeapCapsFacts){ .is_importable = TRUE };
  return (GstHeapCapsFacts){ .is_importable = gst_heap_has (heap, GST_HEAP_PROPERTY_IMPORTABLE),
    .is_protected = gst_heap_has (heap, GST_HEAP_PROPERTY_PROTECTED) };
}

GstCaps *
gst_heap_transform_caps (GstCaps *caps, GstPadDirection direction, GstHeapCapsFacts facts)
{
  GstCaps *result;

  if (!caps || gst_caps_is_any (caps))
    return caps ? gst_caps_ref (caps) : NULL;

  result = gst_caps_new_empty ();
  add_same (result, caps, direction, facts);
  if (facts.is_importable && direction == GST_PAD_SINK) {
    add_form (result, caps, KIND_PLAIN, to_drm_dmabuf, GST_CAPS_FEATURE_MEMORY_DMABUF);
    add_form (result, caps, KIND_PLAIN, to_raw_dmabuf, GST_CAPS_FEATURE_MEMORY_DMABUF);
  } else if (facts.is_importable) {
    add_form (result, caps, KIND_DMABUF, to_plain, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
  }
  return result;
}

/* Adds what is in no dma-buf. Towards the src pad, what may be in any memory is left to add_form(). */
static void
add_undmabuf (GstCaps *result, const GstCaps *caps, GstPadDirection direction)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    Kind kind = kind_of (caps, i);

    if (kind != KIND_DMABUF && (kind != KIND_ANY || direction == GST_PAD_SRC))
      gst_caps_append_structure_full (result, gst_structure_copy (gst_caps_get_structure (caps, i)),
          gst_caps_features_copy (gst_caps_get_features (caps, i)));
  }
}

GstCaps *
gst_heap_transform_caps_to_plain (GstCaps *caps, GstPadDirection direction)
{
  GstCaps *result;

  if (!caps || gst_caps_is_any (caps))
    return caps ? gst_caps_ref (caps) : NULL;

  result = gst_caps_new_empty ();
  add_undmabuf (result, caps, direction);
  if (direction == GST_PAD_SINK) {
    add_form (result, caps, KIND_DMABUF, to_plain, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
  } else {
    add_form (result, caps, KIND_PLAIN, to_drm_dmabuf, GST_CAPS_FEATURE_MEMORY_DMABUF);
    add_form (result, caps, KIND_PLAIN, to_raw_dmabuf, GST_CAPS_FEATURE_MEMORY_DMABUF);
  }
  return result;
}

gboolean
gst_heap_caps_are_dmabuf (const GstCaps *caps)
{
  return caps && !gst_caps_is_any (caps) && !gst_caps_is_empty (caps) && kind_of (caps, 0) == KIND_DMABUF;
}

gboolean
gst_heap_caps_have_no_plain_form (const GstCaps *caps)
{
  GstCaps *plain;
  gboolean has_none;

  if (!gst_heap_caps_are_dmabuf (caps))
    return FALSE;
  plain = gst_heap_transform_caps_to_plain ((GstCaps *) caps, GST_PAD_SINK);
  has_none = gst_caps_is_empty (plain);
  gst_caps_unref (plain);
  return has_none;
}

/* The plain form before the others, and the one with a drm-format before that without. */
static guint
rank_of (const GstCaps *caps, guint i)
{
  if (kind_of (caps, i) != KIND_DMABUF)
    return 0;
  return is_drm (gst_caps_get_structure (caps, i)) ? 1 : 2;
}

GstCaps *
gst_heap_fixate_caps (GstCaps *incaps, GstCaps *outcaps)
{
  guint best = 0;

  if (gst_caps_can_intersect (incaps, outcaps))
    return gst_caps_ref (incaps);
  for (guint i = 1; i < gst_caps_get_size (outcaps); i++) {
    if (rank_of (outcaps, i) < rank_of (outcaps, best))
      best = i;
  }
  return gst_caps_fixate (gst_caps_copy_nth (outcaps, best));
}

gboolean
gst_heap_caps_get_dmabuf_info (const GstCaps *caps, GstVideoInfo *ret_info)
{
  GstStructure *structure;
  GstCaps *plain;
  gboolean known;

  if (!gst_heap_caps_are_dmabuf (caps) || !gst_caps_is_fixed (caps))
    return FALSE;
  structure = to_plain (gst_caps_get_structure (caps, 0));
  if (!structure)
    return FALSE;
  plain = gst_caps_new_full (structure, NULL);
  known = gst_structure_has_field (structure, "format") && gst_video_info_from_caps (ret_info, plain) &&
          GST_VIDEO_INFO_N_PLANES (ret_info) > 0 && GST_VIDEO_INFO_SIZE (ret_info) > 0;
  gst_caps_unref (plain);
  return known;
}

void
gst_heap_caps_take_memory (const GstCaps *caps, gboolean *ret_system, gboolean *ret_dmabuf)
{
  *ret_system = *ret_dmabuf = gst_caps_is_any (caps);

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    Kind kind = kind_of (caps, i);

    *ret_system |= kind == KIND_PLAIN || kind == KIND_ANY;
    *ret_dmabuf |= kind == KIND_DMABUF || kind == KIND_ANY;
  }
}
