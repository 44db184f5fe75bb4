/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Stands between the library and the ioctl() of the system. */
#include "fake-driver.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

FakeDriver fake_driver;
gchar *fake_driver_path;
static int device = -1;

int __real_ioctl (int fd, unsigned long request, ...);
int __wrap_ioctl (int fd, unsigned long request, ...);

static guint
align (guint value, guint alignment)
{
  return (value + alignment - 1) / alignment * alignment;
}

static int
enumerate (struct v4l2_fmtdesc *description)
{
  for (guint i = 0; i < G_N_ELEMENTS (fake_driver.formats) && fake_driver.formats[i] != 0; i++) {
    if (i != description->index)
      continue;
    description->pixelformat = fake_driver.formats[i];
    return 0;
  }
  errno = EINVAL;
  return -1;
}

static void
try_single (struct v4l2_pix_format *pix)
{
  fake_driver.tried = pix->pixelformat;
  if (fake_driver.instead != 0)
    pix->pixelformat = fake_driver.instead;
  pix->width = MIN (pix->width, fake_driver.most_width);
  pix->height = align (pix->height, fake_driver.height_align);
  pix->bytesperline = MIN (align (pix->bytesperline, fake_driver.stride_align), fake_driver.most_stride);
  pix->sizeimage = pix->bytesperline * pix->height * 2 + fake_driver.extra_size;
}

static void
try_multi (struct v4l2_pix_format_mplane *pix)
{
  pix->width = MIN (pix->width, fake_driver.most_width);
  pix->height = align (pix->height, fake_driver.height_align);
  for (guint i = 0; i < pix->num_planes; i++) {
    pix->plane_fmt[i].bytesperline = align (pix->plane_fmt[i].bytesperline, fake_driver.stride_align);
    pix->plane_fmt[i].sizeimage = pix->plane_fmt[i].bytesperline * pix->height + fake_driver.extra_size;
  }
}

static int
answer (unsigned long request, void *argument)
{
  struct v4l2_format *format = argument;

  if (fake_driver.n_interrupts > 0) {
    fake_driver.n_interrupts--;
    errno = EINTR;
    return -1;
  }
  switch (request) {
    case VIDIOC_QUERYCAP:
      ((struct v4l2_capability *) argument)->device_caps = fake_driver.caps;
      return 0;
    case VIDIOC_ENUM_FMT:
      return enumerate (argument);
    case VIDIOC_TRY_FMT:
      fake_driver.n_tries++;
      if (V4L2_TYPE_IS_MULTIPLANAR (format->type))
        try_multi (&format->fmt.pix_mp);
      else
        try_single (&format->fmt.pix);
      return 0;
    case VIDIOC_G_FMT: /* nobody has set one */
      errno = EINVAL;
      return -1;
    default:
      g_error ("nobody but the user of a device sets anything: request %lx", request);
  }
}

static gboolean
is_ours (int fd)
{
  struct stat asked, ours;

  return fake_driver_path && fstat (fd, &asked) == 0 && stat (fake_driver_path, &ours) == 0 &&
         asked.st_ino == ours.st_ino && asked.st_dev == ours.st_dev;
}

int
__wrap_ioctl (int fd, unsigned long request, ...)
{
  void *argument;
  va_list list;

  va_start (list, request);
  argument = va_arg (list, void *);
  va_end (list);
  return is_ours (fd) ? answer (request, argument) : __real_ioctl (fd, request, argument);
}

void
fake_driver_setup (void)
{
  device = g_file_open_tmp ("driver-XXXXXX", &fake_driver_path, NULL);
  g_assert_cmpint (device, >=, 0);
  fake_driver = (FakeDriver){
    .caps = V4L2_CAP_VIDEO_OUTPUT,
    .formats = { V4L2_PIX_FMT_NV12 },
    .stride_align = 1,
    .height_align = 1,
    .most_width = 4096,
    .most_stride = G_MAXUINT,
  };
}

void
fake_driver_teardown (void)
{
  close (device);
  device = -1;
  g_unlink (fake_driver_path);
  g_clear_pointer (&fake_driver_path, g_free);
}

int
fake_driver_fd (void)
{
  return device;
}
