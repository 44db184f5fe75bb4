/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What TSan does not see, as GLib and GStreamer are not instrumented: that a mutex orders what happens, and that what
 * somebody hung on an object is handed over to who takes it from there. For linking with --wrap. */
#include <gst/gst.h>

#include <sanitizer/tsan_interface.h>

#pragma GCC visibility push(default) /* as the linker wants it of what libraries call, too */

void __real_g_mutex_lock (GMutex *mutex);
void __wrap_g_mutex_lock (GMutex *mutex);
void __real_g_mutex_unlock (GMutex *mutex);
void __wrap_g_mutex_unlock (GMutex *mutex);
gpointer __real_g_object_get_qdata (GObject *object, GQuark quark);
gpointer __wrap_g_object_get_qdata (GObject *object, GQuark quark);
void __real_g_object_set_qdata_full (GObject *object, GQuark quark, gpointer data, GDestroyNotify destroy);
void __wrap_g_object_set_qdata_full (GObject *object, GQuark quark, gpointer data, GDestroyNotify destroy);
gpointer __real_gst_mini_object_get_qdata (GstMiniObject *object, GQuark quark);
gpointer __wrap_gst_mini_object_get_qdata (GstMiniObject *object, GQuark quark);
void __real_gst_mini_object_set_qdata (GstMiniObject *object, GQuark quark, gpointer data, GDestroyNotify destroy);
void __wrap_gst_mini_object_set_qdata (GstMiniObject *object, GQuark quark, gpointer data, GDestroyNotify destroy);

void
__wrap_g_mutex_lock (GMutex *mutex)
{
  __real_g_mutex_lock (mutex);
  __tsan_acquire (mutex);
}

void
__wrap_g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  __real_g_mutex_unlock (mutex);
}

static gpointer
handed_over (gpointer data)
{
  if (data)
    __tsan_acquire (data);
  return data;
}

gpointer
__wrap_g_object_get_qdata (GObject *object, GQuark quark)
{
  return handed_over (__real_g_object_get_qdata (object, quark));
}

void
__wrap_g_object_set_qdata_full (GObject *object, GQuark quark, gpointer data, GDestroyNotify destroy)
{
  __tsan_release (data);
  __real_g_object_set_qdata_full (object, quark, data, destroy);
}

gpointer
__wrap_gst_mini_object_get_qdata (GstMiniObject *object, GQuark quark)
{
  return handed_over (__real_gst_mini_object_get_qdata (object, quark));
}

void
__wrap_gst_mini_object_set_qdata (GstMiniObject *object, GQuark quark, gpointer data, GDestroyNotify destroy)
{
  __tsan_release (data);
  __real_gst_mini_object_set_qdata (object, quark, data, destroy);
}
