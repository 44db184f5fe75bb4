/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The one header to include: all of the library. */
#pragma once

#include <gst/heaps/gstheap.h>
#include <gst/heaps/gstheapallocator.h>
#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheapchoice.h>
#include <gst/heaps/gstheapcontext.h>
#include <gst/heaps/gstheapdevicelayout.h>
#include <gst/heaps/gstheapelement.h>
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheaplayoutparams.h>
#include <gst/heaps/gstheapmemory.h>
#include <gst/heaps/gstheapmeta.h>
#include <gst/heaps/gstheapname.h>
#include <gst/heaps/gstheappadoffer.h>
#include <gst/heaps/gstheapproperties.h>
#include <gst/heaps/gstheapproposal.h>
#include <gst/heaps/gstheapreceiver.h>
#include <gst/heaps/gstheapselection.h>
#include <gst/heaps/gstheapudev.h>
#include <gst/heaps/gstheapusage.h>
#include <gst/heaps/gstheaps-enumtypes.h>
