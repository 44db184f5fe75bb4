/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The importers of the matrix, and what is expected of each. */
#include "importer-list.h"

#define SOURCE "videotestsrc num-buffers=4 pattern=ball ! video/x-raw,"
#define CAMERA                                                                                                         \
  " num-buffers=4 io-mode=dmabuf-import extra-controls=c,osd_text_mode=2 ! "                                           \
  "video/x-raw,format=YUY2,width=640,height=360 ! {out} ! fakevideosink name=sink sync=false"
#define HDMI_FRAMES "format=YUY2,width=640,height=480 ! {in} ! "
#define WINDOW_FRAMES "format=BGRx,width=320,height=240 ! {in} ! "
/* vicodec's encoder tells GStreamer the size of its buffers before it knows that of the frames: 640x480 fails, with us
 * and without; 1280x720, which it begins with, works. */
#define CODEC_FRAMES "format=I420,width=1280,height=720 ! "

#define NO_POOL "error: No downstream pool to import from."
#define NOT_CONTIGUOUS "refused by the device: *heap-require=contiguous*"
#define NO_DMABUF "0 of 4 frames at in were in the heap"

const Importer importers[] = {
  { .name = "`v4l2src`, vivid that takes any memory",
      .pipeline = "v4l2src device={vivid-000-vid-cap}" CAMERA,
      .handovers = { { "out", { "queued to vivid-000-vid-cap (VIDEO_CAPTURE)" }, .by_device = TRUE } },
      .same_frames = TRUE,
      .proof = "the capture queue took each buffer, no CPU mapped it, and the camera's picture is in it",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_POOL },
  { .name = "`v4l2src`, vivid that takes contiguous memory",
      .pipeline = "v4l2src device={vivid-001-vid-cap}" CAMERA,
      .handovers = { { "out", { "queued to vivid-001-vid-cap (VIDEO_CAPTURE)", "attached by vivid.0" },
          .by_device = TRUE } },
      .same_frames = TRUE,
      .proof = "the same, and the device attached to each buffer",
      .contiguous = "ok",
      .scattered = NOT_CONTIGUOUS,
      .control = NO_POOL },
  { .name = "`v4l2sink`, vivid that takes any memory",
      .pipeline = SOURCE HDMI_FRAMES "v4l2sink name=sink device={vivid-000-vid-out} io-mode=dmabuf-import sync=false",
      .handovers = { { "in", { "queued to vivid-000-vid-out (VIDEO_OUTPUT)" } } },
      .proof = "the output queue took each buffer; the test `loop` has the pictures come back by HDMI",
      .contiguous = "ok",
      .scattered = "ok",
      .control = "error: *" },
  { .name = "`v4l2sink`, vivid that takes contiguous memory",
      .pipeline = SOURCE HDMI_FRAMES "v4l2sink name=sink device={vivid-001-vid-out} io-mode=dmabuf-import sync=false",
      .handovers = { { "in", { "queued to vivid-001-vid-out (VIDEO_OUTPUT)", "attached by vivid.0" } } },
      .leaks = TRUE,
      .proof = "the same, and the device attached to each buffer",
      .contiguous = "ok",
      .scattered = NOT_CONTIGUOUS,
      .control = "error: *" },
  { .name = "`v4l2convert`, vim2m, both sides",
      .pipeline = SOURCE "format=RGB,width=320,height=240 ! {in} ! v4l2convert output-io-mode=dmabuf-import "
                         "capture-io-mode=dmabuf-import ! video/x-raw,format=BGR ! {out} ! fakevideosink name=sink "
                         "sync=false",
      .handovers = { { "in", { "queued to vim2m (VIDEO_OUTPUT)" } },
          { "out", { "queued to vim2m (VIDEO_CAPTURE)" }, .by_device = TRUE } },
      .same_frames = TRUE,
      .proof = "both queues took each buffer of theirs, no CPU mapped what was converted, and it is what comes without "
               "us",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_POOL },
  { .name = "`v4l2fwhtenc`, vicodec, frames to encode",
      .pipeline = SOURCE CODEC_FRAMES "{in} ! v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink name=sink",
      .handovers = { { "in", { "queued to stateful-encoder (VIDEO_OUTPUT)" } } },
      .same_frames = TRUE,
      .proof = "the queue took each buffer, and the coded frames are those that come without us",
      .contiguous = "ok",
      .scattered = "ok",
      .control = "error: *" },
  { .name = "`v4l2fwhtenc`, vicodec, coded frames",
      .pipeline = SOURCE CODEC_FRAMES "v4l2fwhtenc capture-io-mode=dmabuf-import ! {out} ! fakesink name=sink",
      .handovers = { { "out", { "queued to stateful-encoder (VIDEO_CAPTURE)" }, .by_device = TRUE } },
      .same_frames = TRUE,
      .contiguous = "error: *needs a pool*",
      .scattered = "error: *needs a pool*",
      .control = NO_POOL,
      .not_applicable = "GStreamer gives imported buffers on with the size they were allocated with, not that of the "
                        "coded frame, so heapupload offers no pool for coded caps" },
  { .name = "`v4l2fwhtdec`, vicodec, coded frames",
      .pipeline = SOURCE CODEC_FRAMES "v4l2fwhtenc ! {in} ! queue ! v4l2fwhtdec output-io-mode=dmabuf-import ! "
                                      "fakevideosink name=sink sync=false",
      .handovers = { { "in", { "queued to stateful-decoder (VIDEO_OUTPUT)" } } },
      .copies = TRUE,
      .same_frames = TRUE,
      .proof =
          "heapupload copied each coded frame into a buffer of the size that the driver wants, the queue took it, and "
          "the frames are those that come without us",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_DMABUF },
  { .name = "`v4l2fwhtdec`, vicodec, decoded frames",
      .pipeline = SOURCE CODEC_FRAMES "v4l2fwhtenc ! v4l2fwhtdec capture-io-mode=dmabuf-import ! {out} ! "
                                      "fakevideosink name=sink sync=false",
      .handovers = { { "out", { "queued to stateful-decoder (VIDEO_CAPTURE)" }, .by_device = TRUE } },
      .same_frames = TRUE,
      .proof = "the queue took each buffer, no CPU mapped it, and the frames are those that come without us",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_POOL },
  { .name = "`kmssink`, vkms",
      .pipeline = SOURCE "format=BGRx,width=640,height=480 ! {in} ! kmssink name=sink driver-name=vkms sync=false",
      .handovers = { { "in", { "attached by vkms" } } },
      .scans_out = TRUE,
      .proof = "the display attached to each buffer, and its checksums follow what the CPU writes to the last one",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_DMABUF },
  { .name = "`waylandsink`, weston with the pixman renderer",
      .pipeline = SOURCE WINDOW_FRAMES "waylandsink name=sink display=weston-pixman sync=false",
      .handovers = { { "in", { "mapped by weston" }, .some = TRUE } },
      .compositor = "pixman",
      .proof = "the compositor mapped our buffers, one at the least: the sink drops frames when it is slow",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_DMABUF },
  { .name = "`waylandsink`, weston with the GL renderer",
      .pipeline = SOURCE WINDOW_FRAMES "waylandsink name=sink display=weston-gl sync=false",
      .handovers = { { "in", { "mapped by weston" }, .some = TRUE } },
      .compositor = "gl",
      .proof = "the same",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_DMABUF },
  { .name = "`glupload`, Mesa's llvmpipe",
      .pipeline = SOURCE "format=RGBA,width=320,height=240 ! {in} ! glupload ! gleffects_identity ! gldownload ! "
                         "video/x-raw,format=RGBA ! fakesink name=sink",
      .handovers = { { "in", .maps = 2 } },
      .same_frames = TRUE,
      .proof = "Mesa mapped each buffer, and the picture that GL drew of it is the source's",
      .contiguous = "ok",
      .scattered = "ok",
      .control = NO_DMABUF },
  { .name = NULL },
};
