/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The widest loads that CPUs of each kind have. The only file of the elements that asks which CPU it is built for. */
#pragma once

#include <glib.h>
#include <string.h>

#define GST_HEAP_WIDE_LINE 64 /* bytes that memory gives at a time, on x86 and on most of arm64 */

#if defined(__x86_64__) || defined(__i386__)

#include <smmintrin.h>

#define GST_HEAP_WIDE_NAME "sse4.1-movntdqa"

static inline gboolean
gst_heap_wide_is_supported (void)
{
  return __builtin_cpu_supports ("sse4.1") != 0;
}

/* Copies whole lines; from is on the boundary of one. The loads of a line follow each other without a store in between:
 * the buffer that the first one fills is lost otherwise. The fence keeps them from being done before what was written
 * to the memory is there: they are not ordered with anything else (Intel SDM volume 1, "Streaming Load Hint
 * Instruction"). */
__attribute__ ((target ("sse4.1"))) static inline void
gst_heap_wide_copy_lines (guint8 *to, const guint8 *from, gsize n_lines)
{
  _mm_mfence ();
  for (gsize i = 0; i < n_lines; i++, to += GST_HEAP_WIDE_LINE, from += GST_HEAP_WIDE_LINE) {
    __m128i *line = (__m128i *) from;
    __m128i a = _mm_stream_load_si128 (line), b = _mm_stream_load_si128 (line + 1);
    __m128i c = _mm_stream_load_si128 (line + 2), d = _mm_stream_load_si128 (line + 3);

    _mm_storeu_si128 ((__m128i *) to, a);
    _mm_storeu_si128 ((__m128i *) to + 1, b);
    _mm_storeu_si128 ((__m128i *) to + 2, c);
    _mm_storeu_si128 ((__m128i *) to + 3, d);
  }
}

#elif defined(__aarch64__)

#include <sys/auxv.h>

#define GST_HEAP_WIDE_NAME "neon-ldnp"
#define GST_HEAP_WIDE_ASIMD (1 << 1) /* HWCAP_ASIMD of the kernel's asm/hwcap.h */

static inline gboolean
gst_heap_wide_is_supported (void)
{
  return (getauxval (AT_HWCAP) & GST_HEAP_WIDE_ASIMD) != 0;
}

/* Copies whole lines; from is on the boundary of one. */
static inline void
gst_heap_wide_copy_lines (guint8 *to, const guint8 *from, gsize n_lines)
{
  for (gsize i = 0; i < n_lines; i++, to += GST_HEAP_WIDE_LINE, from += GST_HEAP_WIDE_LINE)
    __asm__ volatile("ldnp q0, q1, [%1]\n\t"
                     "ldnp q2, q3, [%1, #32]\n\t"
                     "stp q0, q1, [%0]\n\t"
                     "stp q2, q3, [%0, #32]"
                     :
                     : "r"(to), "r"(from)
                     : "v0", "v1", "v2", "v3", "memory");
}

#else

#define GST_HEAP_WIDE_NAME "none"

static inline gboolean
gst_heap_wide_is_supported (void)
{
  return FALSE;
}

static inline void
gst_heap_wide_copy_lines (guint8 *to, const guint8 *from, gsize n_lines)
{
  memcpy (to, from, n_lines * GST_HEAP_WIDE_LINE);
}

#endif
