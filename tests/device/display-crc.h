/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a display really scans out: the checksums that its driver computes of each frame. */
#pragma once

#include <gst/gst.h>

/* Opens the card of vkms. The caller closes it. */
int display_crc_open_card (void);
/* The checksum of a frame of vkms' first CRTC that began after this call. The CRTC has to be on. */
guint32 display_crc_read (void);
/* Whether what is written to the buffer by the CPU shows on the display with no further call: the checksum changes with
 * the bytes of the buffer, and comes back with them. To be called while the buffer is the last that was shown. */
gboolean display_crc_follows (GstBuffer *buffer);
