/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel itself says of its huge pages. */
#pragma once

#include <glib.h>

/* Of the default size: how many are reserved, and how many of them are in use. */
guint64 huge_page_info_total (void);
guint64 huge_page_info_used (void);
/* Whether importers see the right pages of dma-bufs that udmabuf makes of them: not on Linux 6.11 to 6.15. */
gboolean huge_page_info_udmabuf_is_right (void);
/* Whether process-contiguous should give dma-bufs here: there are huge pages, and udmabuf, which is right. */
gboolean huge_page_info_has_dmabufs (void);
