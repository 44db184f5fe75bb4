/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a display really scans out.
 *
 * The driver queues an entry for each frame, so the next one to be read may be old. Which are of frames that began
 * after a write is told by their number: it is greater than the count of vertical blanks after the write. */
#include "display-crc.h"

#include "pad-watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRIVER "vkms"
#define CRC "/sys/kernel/debug/dri/%u/crtc-0/crc/"
#define MOST_CARDS 16

/* As in the kernel's drm.h, which Debian 12 has in libdrm-dev alone. */
#define VBLANK_RELATIVE 1
union wait_vblank {
  struct {
    int type;
    unsigned sequence;
    unsigned long signal;
  } request;
  struct {
    int type;
    unsigned sequence;
    long seconds, microseconds;
  } reply;
};
#define IOCTL_WAIT_VBLANK _IOWR ('d', 0x3a, union wait_vblank)

static guint
find_card (void)
{
  for (guint i = 0; i < MOST_CARDS; i++) {
    gchar *path = g_strdup_printf ("/sys/kernel/debug/dri/%u/name", i);
    gchar *name = NULL;
    gboolean found = g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, DRIVER " ");

    g_free (name);
    g_free (path);
    if (found)
      return i;
  }
  g_error ("no card is driven by " DRIVER);
}

/* Takes the path. */
static int
open_file (gchar *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC);

  if (fd < 0)
    g_error ("cannot open %s", path);
  g_free (path);
  return fd;
}

int
display_crc_open_card (void)
{
  return open_file (g_strdup_printf ("/dev/dri/card%u", find_card ()), O_RDWR);
}

static guint
count_vblanks (int card)
{
  union wait_vblank vblank = { .request = { .type = VBLANK_RELATIVE, .sequence = 0 } };

  if (ioctl (card, IOCTL_WAIT_VBLANK, &vblank) < 0)
    g_error ("the CRTC of " DRIVER " is off");
  return vblank.reply.sequence;
}

guint32
display_crc_read (void)
{
  guint number = find_card (), written, frame = 0, crc = 0;
  int card = display_crc_open_card ();
  int control = open_file (g_strdup_printf (CRC "control", number), O_WRONLY), entries;
  gchar entry[64];

  if (write (control, "auto", 4) != 4)
    g_error (DRIVER " computes no checksums");
  close (control);
  entries = open_file (g_strdup_printf (CRC "data", number), O_RDONLY);
  written = count_vblanks (card);
  do {
    ssize_t size = read (entries, entry, sizeof entry - 1);

    if (size <= 0)
      g_error (DRIVER " gave no checksum");
    entry[size] = '\0';
  } while (sscanf (entry, "%x %x", &frame, &crc) != 2 || frame <= written);
  close (entries);
  close (card);
  return crc;
}

static void
invert (guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    data[i] = ~data[i];
}

/* For memory that is no dma-buf too: then what is written shows nowhere. */
static void
invert_buffer (GstBuffer *buffer)
{
  gsize size;
  guint8 *data = dmabuf_map (buffer, &size);
  GstMapInfo map;

  if (data) {
    invert (data, size);
    dmabuf_unmap (buffer, data, size);
  } else if (gst_buffer_map (buffer, &map, GST_MAP_READ)) { /* held by others too: not writable by the book */
    invert (map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
}

gboolean
display_crc_follows (GstBuffer *buffer)
{
  guint32 shown = display_crc_read (), changed, restored;

  invert_buffer (buffer);
  changed = display_crc_read ();
  invert_buffer (buffer);
  restored = display_crc_read ();
  return changed != shown && restored == shown;
}
