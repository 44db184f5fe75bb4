/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pipelines that need the devices of the VM: each of them imports the memory, or is asked not to. */
#include "pipeline-list.h"

#define UP "heapupload name=held heap-require=contiguous"
#define CAMERA "v4l2src device={vivid-001-vid-cap} num-buffers=12 io-mode=dmabuf-import"
#define TWO_PLANES "v4l2src device={vivid-002-vid-cap} num-buffers=12 io-mode=dmabuf-import"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"
#define WEBCAM "video/x-raw,format=YUY2,width=320,height=180"
#define SCREEN "video/x-raw,format=BGRx,width=640,height=480"
#define DRAWN "videotestsrc num-buffers=12 ! "
/* What vicodec's encoder begins with: GStreamer fails with other sizes, with us and without. */
#define CODED "videotestsrc num-buffers=6 ! video/x-raw,format=I420,width=1280,height=720 ! "
#define SOCKET " socket-path={SOCKET}"
#define SENT " ! unixfdsink name=sink sync=false wait-for-connection=true" SOCKET

/* Bytes of the frames above. */
#define WEBCAM_FRAME ((guint64) 320 * 180 * 2)
#define SCREEN_FRAME ((guint64) 640 * 480 * 4)
#define CODED_FRAME ((guint64) 1280 * 720 * 3 / 2)
#define RGB_FRAME ((guint64) 320 * 240 * 3)

/* There is no VM with 1.22. */
#define ALL(bytes)                                                                                                     \
  {                                                                                                                    \
    0, bytes, bytes                                                                                                    \
  }

const Pipeline device_pipelines[] = {
  { .group = "capture", .name = "`v4l2src`, which imports", .pipeline = CAMERA " ! " WEBCAM " ! " UP " ! {SINK}" },
  { .group = "capture",
      .name = "`v4l2src`, a dma-buf for each plane",
      .pipeline = TWO_PLANES " ! video/x-raw,format=NV12,width=320,height=180 ! " UP " layout-device=auto ! {SINK}" },
  { .group = "capture",
      .name = "`v4l2src` as it comes",
      .pipeline = "v4l2src device={vivid-001-vid-cap} num-buffers=12 ! " WEBCAM " ! " UP " ! {SINK}",
      .copied = ALL (WEBCAM_FRAME),
      .least = 0,
      .reason = "with `io-mode=dmabuf-import`: it has memory of its driver's own otherwise" },
  { .group = "capture",
      .name = "`v4l2src` to software",
      .pipeline = CAMERA " ! " WEBCAM " ! " UP " ! heapdownload ! videoconvert ! video/x-raw,format=I420 ! {SINK}" },
  { .group = "capture", .name = "`v4l2src` to `kmssink`", .pipeline = CAMERA " ! " SCREEN " ! " UP " ! " DISPLAY },
  { .group = "capture",
      .name = "`v4l2src` to `tee`, `kmssink` and `appsink`",
      .pipeline = CAMERA " ! " SCREEN " ! " UP " ! tee name=t ! queue ! " DISPLAY
                         " t. ! queue ! appsink sync=false max-buffers=2 drop=true wait-on-eos=false" },
  { .group = "capture",
      .name = "`v4l2src` to `v4l2fwhtenc`",
      .pipeline = CAMERA " ! video/x-raw,format=I420,width=1280,height=720 ! " UP
                         " ! v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink name=sink" },

  { .group = "convert, by a device",
      .name = "`v4l2convert`, which imports on both sides",
      .pipeline = DRAWN "video/x-raw,format=RGB,width=320,height=240 ! heapupload name=held1 ! v4l2convert "
                        "output-io-mode=dmabuf-import capture-io-mode=dmabuf-import ! video/x-raw,format=BGR ! " UP
                        " ! {SINK}" },
  { .group = "convert, by a device",
      .name = "`v4l2convert` as it comes",
      .pipeline = DRAWN "video/x-raw,format=RGB,width=320,height=240 ! heapupload name=held1 ! v4l2convert ! "
                        "video/x-raw,format=BGR ! " UP " ! {SINK}",
      .copied = ALL (2 * RGB_FRAME),
      .least = 0,
      .reason = "with `output-io-mode=dmabuf-import` and `capture-io-mode=dmabuf-import`" },

  { .group = "encode, by a device",
      .name = "`v4l2fwhtenc`, which imports",
      .pipeline = CODED UP " ! v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink name=sink" },
  { .group = "encode, by a device",
      .name = "`v4l2fwhtenc` as it comes",
      .pipeline = CODED UP " ! v4l2fwhtenc ! fakesink name=sink",
      .copied = ALL (CODED_FRAME),
      .least = 0,
      .reason = "with `output-io-mode=dmabuf-import`: it takes frames over into memory of its driver's own otherwise" },

  { .group = "decode, by a device",
      .name = "`v4l2fwhtdec`, which imports",
      .pipeline = CODED "v4l2fwhtenc ! v4l2fwhtdec capture-io-mode=dmabuf-import ! " UP " ! {SINK}" },
  { .group = "decode, by a device",
      .name = "`v4l2fwhtdec` as it comes",
      .pipeline = CODED "v4l2fwhtenc ! v4l2fwhtdec ! " UP " ! {SINK}",
      .copied = ALL (CODED_FRAME),
      .least = 0,
      .reason = "with `capture-io-mode=dmabuf-import`" },

  { .group = "display", .name = "`kmssink`", .pipeline = DRAWN SCREEN " ! " UP " ! " DISPLAY },
  { .group = "display",
      .name = "`kmssink`, frames in system memory",
      .pipeline = DRAWN SCREEN " ! identity drop-allocation=true ! " DISPLAY " show-preroll-frame=false",
      .copied = ALL (SCREEN_FRAME),
      .least = 0,
      .reason = "with heapupload before it" },
  { .group = "display",
      .name = "`v4l2sink`, which imports",
      .pipeline = DRAWN "video/x-raw,format=YUY2,width=640,height=480 ! " UP
                        " ! v4l2sink name=sink device={vivid-001-vid-out} io-mode=dmabuf-import sync=false" },

  { .group = "two processes, with devices",
      .name = "`unixfdsink` to `kmssink`",
      .pipeline = "unixfdsrc" SOCKET " ! heapimport ! " DISPLAY,
      .sender = DRAWN SCREEN " ! " UP SENT },
  { .group = "two processes, with devices",
      .name = "`v4l2src`, `unixfdsink` to `kmssink`",
      .pipeline = "unixfdsrc" SOCKET " ! heapimport heap-require=contiguous ! " DISPLAY,
      .sender = CAMERA " ! " SCREEN " ! " UP SENT },
  { .name = NULL },
};
