/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Names of dma-bufs, by which the kernel lists them. */
#include "gstheaplabel.h"

#include "gstheapdebug.h"

#include "heaps/dmabuf.h"

#define GST_CAT_DEFAULT gst_heap_debug

#define MAX_LENGTH 31 /* DMA_BUF_NAME_LEN less the terminating NUL */

static gboolean
is_utf8_continuation (gchar byte)
{
  return ((guchar) byte & 0xc0) == 0x80;
}

/* A line feed in a name would end its line in bufinfo and fdinfo, where programs read. */
static void
append_printable (GString *name, gchar byte)
{
  if (!is_utf8_continuation (byte))
    g_string_append_c (name, g_ascii_isprint (byte) ? byte : '?');
}

gchar *
gst_heap_label_expand (const gchar *text, guint64 number)
{
  GString *name = g_string_sized_new (MAX_LENGTH + 1);

  for (const gchar *at = text; *at && name->len < MAX_LENGTH; at++) {
    if (at[0] == '%' && at[1] == 'n')
      g_string_append_printf (name, "%" G_GUINT64_FORMAT, number);
    else
      append_printable (name, *at);
    if (at[0] == '%' && (at[1] == 'n' || at[1] == '%'))
      at++;
  }
  g_string_truncate (name, MIN (name->len, MAX_LENGTH));
  return g_string_free (name, FALSE);
}

void
gst_heap_label_init (GstHeapLabel *self)
{
  g_mutex_init (&self->lock);
}

void
gst_heap_label_clear (GstHeapLabel *self)
{
  g_free (self->text);
  g_mutex_clear (&self->lock);
}

void
gst_heap_label_set_text (GstHeapLabel *self, const gchar *text)
{
  gchar *copy = g_strdup (text), *old;

  g_mutex_lock (&self->lock);
  old = self->text;
  self->text = copy;
  g_mutex_unlock (&self->lock);
  g_free (old);
}

gchar *
gst_heap_label_get_text (GstHeapLabel *self)
{
  gchar *text;

  g_mutex_lock (&self->lock);
  text = g_strdup (self->text);
  g_mutex_unlock (&self->lock);
  return text;
}

/* Whether this is the first time. */
static gboolean
note_said (GstHeapLabel *self)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->said;
  self->said = TRUE;
  g_mutex_unlock (&self->lock);
  return first;
}

void
gst_heap_label_name_dmabuf (GstHeapLabel *self, int fd, guint64 number)
{
  gchar *name = NULL;
  int result = 0;

  g_mutex_lock (&self->lock);
  if (self->text)
    name = gst_heap_label_expand (self->text, number);
  g_mutex_unlock (&self->lock);

  if (name && *name)
    result = dmabuf_set_name (fd, name);
  if (result < 0 && note_said (self))
    GST_DEBUG ("dma-bufs have no names, \"%s\" for one: %s", name, g_strerror (-result));
  g_free (name);
}
